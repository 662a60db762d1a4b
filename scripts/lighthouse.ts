// `npm run lighthouse`: a shopper's five pages on a slow phone, held against goals, beside an empty page of the same Next, which
// has none; exit 1 when a goal is missed.
//
//   npm run lighthouse -- --runs 1 --only home,cart     a quick look: docs/lighthouse.md stays as it is
//
// The full reports of the middle runs are in .data/lighthouse.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { withEmptyApp } from '#scripts/bundle/empty-app.ts';
import { EMPTY, medians, missed } from '#scripts/lighthouse/goals.ts';
import { type Load, load } from '#scripts/lighthouse/load.ts';
import { kept, type Measured, middle, summary } from '#scripts/lighthouse/report.ts';
import { PAGES, type ShopPage } from '#scripts/showcase/pages.ts';
import { withShowcase } from '#scripts/showcase/shop.ts';
import { openForAWhile, SALE } from '#scripts/showcase/states.ts';
import { until } from '#tests/support/until.ts';

const RUNS = 5;

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: String(RUNS) }, only: { type: 'string' } },
});
const runs = Number(options.runs);
const pages = PAGES.filter(({ name }) => !options.only || options.only.split(',').includes(name));
if (!(runs >= 1) || pages.length === 0) throw new Error('--runs is a number, --only some of the pages');

const docs = path.join(import.meta.dirname, '..', 'docs');
const reports = path.join(import.meta.dirname, '..', '.data', 'lighthouse');
mkdirSync(reports, { recursive: true });

const measured = await withEmptyApp((emptyUrl) =>
  measure([{ name: EMPTY, arrange: async () => ({ path: emptyUrl }) }, ...pages]),
);

for (const { page, loads } of measured) writeFileSync(path.join(reports, `${page}.html`), middle(loads).html);
if (runs === RUNS && pages.length === PAGES.length) {
  rmSync(path.join(docs, 'lighthouse'), { recursive: true, force: true });
  mkdirSync(path.join(docs, 'lighthouse'));
  for (const one of measured) {
    writeFileSync(path.join(docs, 'lighthouse', `${one.page}.json`), `${JSON.stringify(kept(one), null, 2)}\n`);
  }
  writeFileSync(path.join(docs, 'lighthouse.md'), summary(measured));
}

for (const { page, loads } of measured) {
  if (page === EMPTY) continue;
  const misses = missed(page, medians(loads.map(({ figures }) => figures)));
  console.log(`${page}: ${misses.length === 0 ? 'every goal is met' : `missed: ${misses.join(', ')}`}`);
  if (misses.length > 0) process.exitCode = 1;
}

/** @returns all loads of each page */
async function measure(all: readonly ShopPage[]): Promise<Measured[]> {
  return withShowcase(async ({ url, chromium, shop }) => {
    await openForAWhile(shop);
    // A shell made by the build knows no sale; from the second visitor on it does.
    const shell = async () => (await fetch(url)).text();
    await until(async () => (await shell()).includes(SALE), { what: 'the home page knows the sales' });
    const measured: Measured[] = all.map(({ name }) => ({ page: name, loads: [] }));
    // Round by round, so that a busy minute of the machine does not hit one page alone.
    for (let run = 0; run < runs; run++) {
      for (const [i, { name, arrange }] of all.entries()) {
        const { path: at, visitor } = await arrange(shop);
        const one: Load = await load(chromium, new URL(at, url).href, visitor);
        measured[i]!.loads.push(one);
        console.log(`${run + 1}/${runs} ${name}: ${JSON.stringify(one.figures)}`);
      }
    }
    return measured;
  });
}
