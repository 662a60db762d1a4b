import { gzipSync } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { openAs } from '#scripts/showcase/open.ts';
import type { Visitor } from '#scripts/showcase/states.ts';
import { until } from '#tests/support/until.ts';

export interface LoadedScript {
  name: string;
  /** Gzipped, as any server or CDN would send it. */
  bytes: number;
  /** The page's HTML names it: it is loaded before anything else can be. */
  first: boolean;
}

/** A page has come to rest when it has asked for no script for so long. */
const QUIET_MS = 2_000;

/** Every script that a page makes a browser load, the biggest first. */
export async function loadedScripts(browser: Browser, url: string, visitor?: Visitor): Promise<LoadedScript[]> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 844 }, isMobile: true });
  const page = await openAs(context, url, visitor);
  const scripts = new Map<string, LoadedScript>();
  let underWay = 0;
  let lastAt = performance.now();
  page.on('request', (request) => {
    if (request.resourceType() === 'script') underWay += 1;
  });
  page.on('requestfailed', (request) => {
    if (request.resourceType() === 'script') throw new Error(`${request.url()} did not load`);
  });
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'script') return;
    const { pathname } = new URL(response.url());
    scripts.set(pathname, { name: pathname, bytes: gzipSync(await response.body()).length, first: false });
    underWay -= 1;
    lastAt = performance.now();
  });
  const html = (await (await page.goto(url))?.text()) ?? '';
  await until(() => scripts.size > 0 && underWay === 0 && performance.now() - lastAt > QUIET_MS, {
    what: `${url} has come to rest`,
  });
  await context.close();
  for (const script of scripts.values()) script.first = html.includes(script.name);
  return [...scripts.values()].sort((a, b) => b.bytes - a.bytes);
}

export function totalOf(scripts: readonly LoadedScript[]): number {
  return scripts.reduce((sum, { bytes }) => sum + bytes, 0);
}
