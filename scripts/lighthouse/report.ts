import os from 'node:os';
import { EMPTY, GOALS, median, medians, missed } from '#scripts/lighthouse/goals.ts';
import type { Load } from '#scripts/lighthouse/load.ts';

/** All loads of one page. */
export interface Measured {
  page: string;
  loads: Load[];
}

/** The load that the others lie around: the one whose performance is the median. */
export function middle(loads: readonly Load[]): Load {
  const wanted = median(loads.map(({ figures }) => figures.performance));
  return loads.find(({ figures }) => figures.performance === wanted)!;
}

/** What is kept of a page's loads: the figures of each, and what the middle one was marked down for. */
export function kept({ page, loads }: Measured): object {
  const { categories, audits } = middle(loads).result;
  const counted = new Map(
    Object.values(categories).flatMap(({ auditRefs, title }) =>
      auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => [id, title]),
    ),
  );
  return {
    page,
    median: medians(loads.map(({ figures }) => figures)),
    loads: loads.map(({ figures }) => figures),
    markedDown: Object.values(audits)
      .filter(({ id, score }) => counted.has(id) && score !== null && score < 0.9)
      .map(({ id, title, score, displayValue }) => ({ category: counted.get(id), id, title, score, displayValue })),
  };
}

/** docs/lighthouse.md */
export function summary(pages: readonly Measured[]): string {
  const { result } = pages[0]!.loads[0]!;
  const { lighthouseVersion, environment } = result;
  const browser = /Chrome\/(\d+)/.exec(environment.hostUserAgent)?.[1];
  const speed = Math.round(
    median(pages.flatMap(({ loads }) => loads.map((one) => one.result.environment.benchmarkIndex))),
  );
  const rows = pages.map(({ page, loads }) => {
    const figures = medians(loads.map((one) => one.figures));
    const { performance, accessibility, bestPractices, seo, fcp, lcp, tbt, ownTbt, cls } = figures;
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    const cells = [
      page,
      performance,
      accessibility,
      bestPractices,
      seo,
      seconds(fcp),
      seconds(lcp),
      `${tbt} ms`,
      `${ownTbt} ms`,
      cls,
    ];
    return `| ${[...cells, page === EMPTY ? '' : missed(page, figures).join(', ') || 'none'].join(' | ')} |`;
  });
  return `# Lighthouse

\`npm run lighthouse\` loads each page ${pages[0]!.loads.length} times in a fresh browser with Lighthouse's mobile profile (a phone's screen, slow 4G, a
processor ${result.configSettings.throttling.cpuSlowdownMultiplier} times slower) from a production build of the demo shop; each figure is the median of its runs.
"checkout" is an order whose hold runs, "cart" has two products in it; "${EMPTY}" is a page of the same Next with a heading and no
JavaScript of its own, measured in the same rounds: what React and Next cost anybody on this machine.

| page | performance | accessibility | best practices | SEO | FCP | LCP | TBT | own TBT | CLS | goals missed |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

Goals: ${GOALS.map(({ words, of }) => words + (of ? ` (${of.join(', ')})` : '')).join('; ')}.
"own TBT" counts the same long tasks by the processor's time that they used, without their waiting for a core that other processes
had: what the page itself is to blame for.
Carts and orders are nobody else's and so are closed to search engines, which their SEO score counts against them.

Lighthouse ${lighthouseVersion}, Chromium ${browser}, ${os.availableParallelism()} cores that shop, databases, browser and other work share; Lighthouse's own measure
of the machine's speed was ${speed}. Other work makes performance, LCP and TBT worse; compare figures of one run.
What each run measured and was marked down for: [\`docs/lighthouse\`](lighthouse).
`;
}
