import type { Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';

const PAPER = { light: 'rgb(247, 246, 242)', dark: 'rgb(11, 14, 28)' };
const OTHER = { light: 'dark', dark: 'light' } as const;
const WORDS = { light: 'Light', dark: 'Dark' };

const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const bars = (page: Page) =>
  page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')].find(
        ({ media }) => matchMedia(media).matches,
      )?.content,
  );

for (const system of ['light', 'dark'] as const) {
  test(`in a ${system} system the page is ${system} until somebody chooses otherwise, and then at once`, {
    tag: '@once',
  }, async ({ page }) => {
    await page.emulateMedia({ colorScheme: system });
    await page.goto('/cart');
    const chosen = OTHER[system];
    const choice = page.getByRole('button', { name: WORDS[chosen], exact: true });
    await expect(page.getByRole('button', { name: 'System', exact: true })).toHaveAttribute('aria-pressed', 'true');
    expect(await paper(page)).toBe(PAPER[system]);
    await page.emulateMedia({ colorScheme: chosen });
    await expect.poll(() => paper(page), 'the page follows its system').toBe(PAPER[chosen]);
    await page.emulateMedia({ colorScheme: system });

    await choice.press('Enter');
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(() => paper(page)).toBe(PAPER[chosen]);
    await expect.poll(() => bars(page)).toBe(chosen === 'dark' ? '#0b0e1c' : '#f7f6f2');
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => paper(page), 'paper is white').toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen' });

    // What the page is told before it has anything to paint, and what every frame looks like from the first on.
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver((_, observer) => {
        if (!document.body?.firstElementChild) return;
        observer.disconnect();
        Object.assign(window, { toldFirst: document.documentElement.dataset.theme });
      }).observe(document, { childList: true, subtree: true });
      const note = () => {
        if (document.body?.firstElementChild) seen.push(getComputedStyle(document.body).backgroundColor);
        if (seen.length < 30) requestAnimationFrame(note);
      };
      requestAnimationFrame(note);
    });
    await page.reload();
    await expect(choice).toHaveAttribute('aria-pressed', 'true');
    await page.waitForFunction(() => (window as unknown as { seen: string[] }).seen.length >= 30);
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(new Set(seen), 'no frame in the other scheme').toEqual(new Set([PAPER[chosen]]));
    const toldFirst = await page.evaluate(() => (window as unknown as { toldFirst?: string }).toldFirst);
    expect(toldFirst, 'the scheme is known before there is anything to paint').toBe(chosen);
    await page.goto('/orders');
    expect(await paper(page)).toBe(PAPER[chosen]);
  });
}

test('the choice of colours is there before any script of the shop has come', { tag: '@once' }, async ({
  page,
  expectAnswers,
  watch,
}) => {
  expectAnswers(0);
  watch.allowed.add('ERR_FAILED');
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await page.route('**/_next/static/**/*.js', (route) => route.abort());
  await page.reload({ waitUntil: 'domcontentloaded' });
  expect(await paper(page)).toBe(PAPER.dark);
});

test('a language is chosen at the foot of every page, turns all of it, and is remembered', { tag: '@once' }, async ({
  page,
}) => {
  await page.goto('/cart');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { name: 'Dein Korb ist leer' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Deutsch' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveTitle(/^Korb · Holdfast$/);
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'language');
  expect(cookie).toMatchObject({ value: 'de', path: '/', sameSite: 'Lax' });
  expect(cookie!.expires - Date.now() / 1_000).toBeGreaterThan(360 * 24 * 3_600);
  for (const path of ['/', '/orders', '/signin']) {
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.getByRole('contentinfo')).toContainText('Jedes Stück hat eine Nummer');
  }
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test.describe('somebody with a German browser', () => {
  test.use({ locale: 'de-DE' });

  test('is shown German without asking, and buys in it from the shelf to the receipt', { tag: '@once' }, async ({
    page,
    merchant,
  }) => {
    const { path, name } = await merchant.sale({
      taxBasisPoints: 1_900,
      products: [{ name: 'Emaillebecher', price: 1_900, units: 3 }],
    });
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.getByRole('heading', { name })).toBeVisible();
    await expect(page.getByText('19,00 €')).toBeVisible();
    await expect(page.getByText('Noch 3')).toBeVisible();
    await page.getByRole('button', { name: /^Jetzt kaufen/ }).click();
    await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
    await expect(page.getByRole('heading', { name: 'Für dich zurückgelegt' })).toBeVisible();
    await expect(page.getByText('Nr. 1 von 3')).toBeVisible();
    await page.getByRole('button', { name: /^19,00 € (be)?zahlen$/ }).click();
    await expect(page.getByText('Nr. 1 von 3')).toBeVisible();
    await expect(page.getByText('Bezahlt').first()).toBeVisible();
    await page.getByRole('link', { name: 'Beleg', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Beleg' })).toBeVisible();
    await expect(page.getByText('3,03 €')).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  });
});
