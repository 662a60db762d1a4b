// `npm run pictures -- http://localhost:3000`: the README's pictures, taken from a running demo shop. It buys one Trail Runner each time.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';

const SHOP = process.argv[2] ?? 'http://localhost:3000';
const FOLDER = path.join(import.meta.dirname, '..', 'docs', 'pictures');
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 900 };

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
try {
  const home = await taken(browser, DESKTOP, 'light', 'home', visit);
  await taken(browser, DESKTOP, 'dark', 'home-dark', visit);
  const hold = await taken(browser, PHONE, 'light', 'hold', async (page) => {
    await buy(page);
    await page.getByRole('main').getByRole('timer').filter({ hasText: '0:42' }).waitFor();
  });
  const paid = await taken(browser, PHONE, 'light', 'paid', async (page) => {
    await buy(page);
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByRole('heading', { name: "It's yours" }).waitFor();
  });
  await arranged(browser, home, [hold, paid]);
  console.log(`Pictures of ${SHOP} are in ${FOLDER}`);
} finally {
  await browser.close();
}

async function visit(page: Page): Promise<void> {
  await page.goto(SHOP);
  const button = page.getByRole('button', { name: /^Buy now/ }).first();
  await button.waitFor();
}

async function buy(page: Page): Promise<void> {
  await page.goto(`${SHOP}/sales/noon-drop/trail-runner`);
  await page.getByRole('button', { name: /^Buy now/ }).click();
  await page.getByText(/^No\. \d+ of \d+$/).waitFor();
}

/** One picture of one page as a fresh visitor sees it, also returned as a data URL. */
async function taken(
  from: Browser,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark',
  name: string,
  go: (page: Page) => Promise<void>,
): Promise<string> {
  const context = await from.newContext({
    viewport,
    colorScheme,
    locale: 'en-US',
    deviceScaleFactor: viewport === PHONE ? 2 : 1.25,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await go(page);
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {}); // an event stream never idles
  const png = await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
  if (name === 'hold') await page.getByRole('button', { name: 'Put it back' }).click();
  await context.close();
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** The README's first picture: the shop on a desktop, with two phones in front of it. */
async function arranged(from: Browser, desktop: string, phones: string[]): Promise<void> {
  const page = await from.newPage({ viewport: { width: 1500, height: 940 } });
  const frame = 'border-radius:28px;box-shadow:0 24px 60px #10163a59;border:7px solid #10163a';
  await page.setContent(`<body style="margin:0;position:relative;height:940px;background:linear-gradient(160deg,#ffdf9e,#f7b690 55%,#8e9ed0)">
    <img src="${desktop}" style="position:absolute;left:56px;top:60px;width:1060px;border-radius:14px;box-shadow:0 24px 70px #10163a4d">
    ${phones.map((phone, i) => `<img src="${phone}" style="position:absolute;left:${880 + i * 275}px;top:${245 + i * 60}px;width:270px;${frame}">`).join('')}
  </body>`);
  await page.screenshot({ path: path.join(FOLDER, 'shop.png') });
}
