import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Those rules of TAGS that look at colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const RULES = {
  light: { type: 'tag', values: TAGS },
  dark: { type: 'rule', values: OF_COLOURS },
} satisfies Record<string, RunOptions['runOnly']>;

/** The axe-core that @axe-core/playwright depends on. Its AxeBuilder sends this source again with every analysis. */
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'));
const AXE_SOURCE = readFileSync(fromBuilder.resolve('axe-core/axe.min.js'), 'utf8');

type PageWithAxe = typeof globalThis & { axe?: { run(root: Document, options: RunOptions): Promise<AxeResults> } };

/** No rule of axe is broken, by day or by night (when only colours differ), and nothing scrolls sideways. */
export async function expectAccessible(page: Page) {
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE_SOURCE);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(async (runOnly) => {
      const axe = (globalThis as PageWithAxe).axe!;
      const results = await axe.run(document, { runOnly, resultTypes: ['violations'], iframes: false });
      return results.violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target.join(' ')) }));
    }, RULES[colorScheme]);
    const found = violations.map(({ id, targets }) => `${colorScheme} ${id}: ${targets.join(', ')}`);
    expect(found, page.url()).toEqual([]);
  }
  await expectNoSidewaysScroll(page);
}

export async function expectNoSidewaysScroll(page: Page) {
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways, `${page.url()} does not scroll sideways`).toBe(0);
}
