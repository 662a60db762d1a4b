// `npm run pictures`: docs/pictures, taken from a throw-away demo shop. Every state in them was brought about by real calls.
//
//   npm run pictures -- --full --locale de-DE --out look     whole pages, in German, elsewhere, for looking at them
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium } from '@playwright/test';
import sharp from 'sharp';
import { compose, SMALL } from '#scripts/showcase/compose.ts';
import { openAs } from '#scripts/showcase/open.ts';
import { SCENES, type Scene } from '#scripts/showcase/scenes.ts';
import { withShowcase } from '#scripts/showcase/shop.ts';
import { openForAWhile, type Visitor } from '#scripts/showcase/states.ts';

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 };
const VARIANTS = [PHONE, DESKTOP].flatMap((device) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ ...device, colorScheme, reducedMotion: 'reduce' as const })),
);

/** Where it is noon now, whenever the pictures are taken: west of Greenwich these names have a plus. */
const hours = 12 - new Date().getUTCHours();
const NOON = hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

const FOLDER = path.join(import.meta.dirname, '..', 'docs', 'pictures');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: FOLDER },
    locale: { type: 'string', default: 'en-US' },
    full: { type: 'boolean', default: false },
  },
});

await withShowcase(async ({ url, chromium: executablePath, shop }) => {
  await openForAWhile(shop);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    if (options.out === FOLDER) rmSync(FOLDER, { recursive: true, force: true }); // those of scenes that are no more
    mkdirSync(options.out, { recursive: true });
    for (const scene of SCENES) {
      const { path: at, visitor } = await scene.arrange(shop);
      await Promise.all(VARIANTS.map((variant) => take(browser, scene, new URL(at, url), variant, visitor)));
      console.log(scene.name);
    }
    if (!options.full) await compose(browser, options.out);
  } finally {
    await browser.close();
  }
});
console.log(`The pictures are in ${options.out}`);

/** One picture of a page, as it looks when all of it is there. */
async function take(
  browser: Browser,
  scene: Scene,
  at: URL,
  variant: BrowserContextOptions & (typeof VARIANTS)[number],
  visitor: Visitor | undefined,
): Promise<void> {
  const context = await browser.newContext({ ...variant, locale: options.locale, timezoneId: NOON });
  const page = await openAs(context, at.href, visitor);
  await page.goto(at.href);
  await scene.ready(page);
  await page.locator('footer button').first().waitFor(); // what a page loads last
  await page.waitForFunction(() => {
    for (const image of document.images) image.loading = 'eager';
    return !document.querySelector('.skeleton') && [...document.images].every((image) => image.complete);
  });
  const file = `${scene.name}-${variant.viewport.width}-${variant.colorScheme}.png`;
  const picture = await page.screenshot({ fullPage: options.full, animations: 'disabled' });
  await sharp(picture).png(SMALL).toFile(path.join(options.out, file));
  await context.close();
}
