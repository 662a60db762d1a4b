// `npm run bundle`: the JavaScript that a browser loads with each of a shopper's pages, gzipped, beside an empty page of the same
// Next; docs/bundle.md tells. Exit 1 when a page loads more than the goal allows.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { withEmptyApp } from '#scripts/bundle/empty-app.ts';
import { type LoadedScript, loadedScripts, totalOf } from '#scripts/bundle/scripts.ts';
import { PAGES } from '#scripts/showcase/pages.ts';
import { withShowcase } from '#scripts/showcase/shop.ts';
import { openForAWhile } from '#scripts/showcase/states.ts';

/** Of what a page may load above the empty one. */
const GOAL_BYTES = 25_000;

const pages = new Map<string, LoadedScript[]>();
await withShowcase(async ({ url, chromium: executablePath, shop }) => {
  await openForAWhile(shop);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    console.log('Building an empty page');
    pages.set('empty', await withEmptyApp((emptyUrl) => loadedScripts(browser, emptyUrl)));
    for (const { name, arrange } of PAGES) {
      const { path: at, visitor } = await arrange(shop);
      pages.set(name, await loadedScripts(browser, new URL(at, url).href, visitor));
    }
  } finally {
    await browser.close();
  }
});

const firstOf = (scripts: LoadedScript[]) => totalOf(scripts.filter(({ first }) => first));
const empty = firstOf(pages.get('empty')!);
const rows = [...pages].map(([name, scripts]) => {
  const above = firstOf(scripts) - empty;
  if (above > GOAL_BYTES) process.exitCode = 1;
  const [more, verdict] = name === 'empty' ? ['', ''] : [kilobytes(above), above <= GOAL_BYTES ? 'met' : 'missed'];
  return `| ${[name, kilobytes(firstOf(scripts)), more, verdict, kilobytes(totalOf(scripts))].join(' | ')} |`;
});
writeFileSync(
  path.join(import.meta.dirname, '..', 'docs', 'bundle.md'),
  `# JavaScript on first load

\`npm run bundle\` loads each page in a browser that was never there and adds up its scripts, each gzipped (KB of 1,000 bytes). First
load is what the page's HTML names. "At rest" is everything that has come when nothing more does: the words of the visitor's
language (about 7 KB, asked for by the first script), how a hold may end, the switches in the footer. "empty" is an app of the same
Next with one layout and one page that has no JavaScript of its own: what React and Next cost anybody. "checkout" is an order
whose hold runs.

| page | first load | above the empty page | goal: at most ${GOAL_BYTES / 1_000} KB above | at rest |
|---|---|---|---|---|
${rows.join('\n')}
`,
);
for (const [name, scripts] of pages) {
  console.log(`${name}: ${kilobytes(totalOf(scripts))}; ${firstOf(scripts) - empty} bytes above the empty page`);
  for (const { name: file, bytes } of scripts) console.log(`  ${kilobytes(bytes).padStart(9)} ${file}`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`;
}
