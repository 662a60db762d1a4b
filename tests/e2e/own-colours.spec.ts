import type { Locator } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { buyButton, hold, holdUnit } from '#tests/e2e/steps.ts';

const styleOf = (locator: Locator, ...names: string[]) =>
  locator.evaluate(
    (element, wanted) =>
      Object.fromEntries(wanted.map((name) => [name, getComputedStyle(element).getPropertyValue(name)])),
    names,
  );

test('with the system’s own few colours nothing that is meant by a colour is lost', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const { products } = await merchant.sale({ products: [{ units: 2 }] });
  await hold(page, products[0]!.path);

  const [track, left] = await page.locator('article svg circle').all();
  const canvas = (await styleOf(page.locator('body'), 'background-color'))['background-color'];
  const strokes = [await styleOf(track!, 'stroke'), await styleOf(left!, 'stroke')].map(({ stroke }) => stroke);
  expect(strokes[0], 'what is left of the time differs from what is gone').not.toBe(strokes[1]);
  expect(strokes, 'and both from the page').not.toContain(canvas);
  expect((await styleOf(page.locator('article'), 'border-top-width'))['border-top-width']).toBe('1px');

  await page.goto(products[0]!.path);
  await expect(page.getByText('1 in checkouts')).toBeVisible();
  const bar = page.getByRole('img', { name: '1 on the shelf, 1 in checkouts, 0 sold' });
  const parts = await Promise.all((await bar.locator('span').all()).map((part) => styleOf(part, 'background-color')));
  const shades = [canvas, ...parts.map((part) => part['background-color'])];
  expect(new Set(shades).size, `on the shelf, in checkouts, page: ${shades}`).toBe(3);
  expect((await styleOf(bar, 'border-top-width'))['border-top-width']).toBe('1px');

  const buy = buyButton(page);
  expect((await styleOf(buy, 'border-top-style', 'border-top-width'))['border-top-width']).toBe('1px');
  await page.keyboard.press('Tab');
  const focused = await styleOf(page.locator(':focus'), 'outline-style', 'outline-width');
  expect(focused).toEqual({ 'outline-style': 'solid', 'outline-width': '3px' });

  const [system, dark] = ['System', 'Dark'].map((name) => page.getByRole('button', { name, exact: true }));
  const pressed = await styleOf(system!, 'background-color');
  expect(pressed, 'what is chosen looks chosen').not.toEqual(await styleOf(dark!, 'background-color'));
});

test('whoever wants less motion sees none', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ units: 2 }] });
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await hold(page, products[0]!.path);
  const ring = page.locator('article svg circle').nth(1);
  expect((await styleOf(ring, 'transition-property'))['transition-property']).toBe('stroke-dashoffset');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(page.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { animationName, transitionDuration } = getComputedStyle(element);
      return animationName === 'none' && transitionDuration.split(', ').every((time) => time === '0s')
        ? []
        : [`${element.tagName} ${element.className} ${animationName} ${transitionDuration}`];
    }),
  );
  expect(moving).toEqual([]);
});

test('in checkouts has a colour of its own: amber is for what can be pressed', { tag: '@once' }, async ({
  page,
  request,
  merchant,
}) => {
  const { path, products } = await merchant.sale({ products: [{ units: 2 }] });
  await holdUnit(request, products[0]!.path);
  await page.goto(products[0]!.path);
  const bar = page.getByRole('main').getByRole('img', { name: /in checkouts/ });
  await expect(page.getByText('1 in checkouts')).toBeVisible();
  const [left, held] = await bar.locator('span').all();
  const amber = await styleOf(buyButton(page), 'background-color');
  expect(await styleOf(held!, 'background-color')).not.toEqual(amber);
  expect(await styleOf(held!, 'background-color')).not.toEqual(await styleOf(left!, 'background-color'));
  expect((await styleOf(bar, 'column-gap'))['column-gap'], 'one can be told from the other without colours').toBe(
    '1px',
  );

  await page.goto(path);
  await expect(page.getByText('The last one')).toBeVisible();
  await expect(held!, 'a shelf’s card shows what it says').toHaveCSS('width', '0px');
  await holdUnit(request, products[0]!.path);
  await page.reload();
  await expect(page.getByRole('main').getByText('All in checkouts').first()).toBeVisible();
  await expect(held!).not.toHaveCSS('width', '0px');
});
