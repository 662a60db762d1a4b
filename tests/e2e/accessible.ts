import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Those of RULES that look at colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** No rule of axe is broken, by day or by night (when only colours differ), and nothing scrolls sideways. */
export async function expectAccessible(page: Page) {
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const axe = new AxeBuilder({ page }).setLegacyMode(); // in the page itself: the shop has no frames
    const rules = colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules(OF_COLOURS);
    const { violations } = await rules.analyze();
    const found = violations.map(
      ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
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
