import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from '@playwright/test';
import sharp from 'sharp';

/** 256 colours, dithered: a quarter of the bytes, and nobody sees it. */
export const SMALL = { palette: true, effort: 10 };

/** The README's picture: the shop on a desktop, with two phones in front of it. Made of pictures that are in the folder. */
export async function compose(browser: Browser, folder: string): Promise<void> {
  const [desktop, ...phones] = ['home-1280-light', 'hold-390-light', 'confirmation-390-light'].map(
    (name) => `data:image/png;base64,${readFileSync(path.join(folder, `${name}.png`)).toString('base64')}`,
  );
  const frame = 'border-radius:28px;box-shadow:0 24px 60px #10163a59;border:7px solid #10163a';
  const page = await browser.newPage({ viewport: { width: 1500, height: 940 } });
  await page.setContent(`<body style="margin:0;position:relative;height:940px;background:linear-gradient(160deg,#ffdf9e,#f7b690 55%,#8e9ed0)">
    <img src="${desktop}" style="position:absolute;left:56px;top:60px;width:1060px;border-radius:14px;box-shadow:0 24px 70px #10163a4d">
    ${phones.map((phone, i) => `<img src="${phone}" style="position:absolute;left:${865 + i * 305}px;top:${245 + i * 60}px;width:270px;${frame}">`).join('')}
  </body>`);
  await sharp(await page.screenshot())
    .png(SMALL)
    .toFile(path.join(folder, 'shop.png'));
  await page.close();
}
