import lighthouse, { type Result, type RunnerResult } from 'lighthouse';
import puppeteer from 'puppeteer-core';
import type { Figures } from '#scripts/lighthouse/goals.ts';
import { ownBlockingTime } from '#scripts/lighthouse/own-time.ts';
import type { Visitor } from '#scripts/showcase/states.ts';

/** One load of a page on Lighthouse's phone: its figures, Lighthouse's result, and its report as a page of HTML. */
export interface Load {
  figures: Figures;
  result: Result;
  html: string;
}

const ATTEMPTS = 3;

/**
 * Load a page in a browser that was never in the shop, or that only remembers being a visitor's. A load that Lighthouse could not
 * record, as happens to it on a busy machine, is none: it is done again.
 */
export async function load(executablePath: string, url: string, visitor?: Visitor): Promise<Load> {
  for (let attempt = 1; ; attempt++) {
    const { figures, ...one } = await loadOnce(executablePath, url, visitor);
    if (figures) return { figures, ...one };
    const problem = `${url}: ${one.result.runtimeError?.message}`;
    if (attempt === ATTEMPTS) throw new Error(problem);
    console.log(problem);
  }
}

async function loadOnce(
  executablePath: string,
  url: string,
  visitor?: Visitor,
): Promise<Omit<Load, 'figures'> & { figures?: Figures }> {
  const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    if (visitor) {
      const cookies = visitor.cookie.split('; ').map((pair) => pair.split('=') as [name: string, value: string]);
      await browser.setCookie(
        ...cookies.map(([name, value]) => ({ name, value, domain: new URL(url).hostname, path: '/' })),
      );
      // Lighthouse empties the storage before it loads the page.
      await page.evaluateOnNewDocument((remembered) => {
        for (const [key, value] of Object.entries(remembered)) localStorage.setItem(key, value);
      }, visitor.remembered);
    }
    const run = await lighthouse(url, { output: 'html', logLevel: 'error' }, undefined, page);
    if (!run) throw new Error(`Lighthouse has nothing to say about ${url}`);
    const { lhr: result, report } = run;
    return { ...(result.runtimeError ? {} : { figures: figuresOf(run) }), result, html: String(report) };
  } finally {
    await browser.close();
  }
}

function figuresOf({ lhr: { categories, audits, configSettings }, artifacts }: RunnerResult): Figures {
  const score = (category: string) => Math.round((categories[category]?.score ?? 0) * 100);
  const value = (audit: string) => {
    const measured = audits[audit]?.numericValue;
    if (measured === undefined) throw new Error(`Lighthouse did not measure ${audit}`);
    return measured;
  };
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    seo: score('seo'),
    fcp: Math.round(value('first-contentful-paint')),
    lcp: Math.round(value('largest-contentful-paint')),
    tbt: Math.round(value('total-blocking-time')),
    ownTbt: ownBlockingTime(artifacts.Trace.traceEvents, configSettings.throttling.cpuSlowdownMultiplier),
    cls: Number(value('cumulative-layout-shift').toFixed(4)),
  };
}
