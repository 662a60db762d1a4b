import path from 'node:path';
import type { Log } from '#scripts/services/log.ts';
import { reason } from '#scripts/services/missing-service.ts';
import { findOnPath, isExecutable, runCommand } from '#scripts/services/run-command.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const DOWNLOAD_LIMIT_MS = 3 * 60_000;
const APT_LIMIT_MS = 8 * 60_000;

/**
 * A Chromium for browser tests: CHROMIUM_PATH, the one that Playwright has downloaded, one on PATH, Playwright's
 * download, apt as root. Throws with every reason when none of them works.
 */
export async function findChromium(log: Log): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH=${named} is not a program.`);
  }
  const found = (await downloadedByPlaywright()) ?? onPath();
  if (found) return found;
  const attempts = [`none of ${NAMES.join(', ')} is on PATH`];
  for (const [way, fetchBrowser] of [
    ['playwright install chromium', installByPlaywright],
    ['apt-get install chromium', installByApt],
  ] as const) {
    try {
      return await fetchBrowser(log);
    } catch (error) {
      attempts.push(`${way}: ${reason(error)}`);
    }
  }
  throw new Error(
    ['No Chromium was found, and none could be fetched:', ...attempts.map((line) => `  - ${line}`)].join('\n'),
  );
}

function onPath(): string | undefined {
  return NAMES.map((name) => findOnPath(name)).find((file) => file !== undefined);
}

async function downloadedByPlaywright(): Promise<string | undefined> {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  return isExecutable(file) ? file : undefined;
}

async function installByPlaywright(log: Log): Promise<string> {
  log('fetching Chromium with Playwright');
  const cli = path.join(import.meta.dirname, '../../node_modules/@playwright/test/cli.js');
  const install = await runCommand(process.execPath, [cli, 'install', 'chromium'], { timeoutMs: DOWNLOAD_LIMIT_MS });
  const file = await downloadedByPlaywright();
  if (install.code !== 0 || !file) throw new Error('the download failed');
  return file;
}

async function installByApt(log: Log): Promise<string> {
  const apt = findOnPath('apt-get');
  if (!apt) throw new Error('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new Error('this needs root');
  log('installing Chromium with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand(apt, ['update', '-q'], { timeoutMs: APT_LIMIT_MS, env });
  const install = await runCommand(apt, ['install', '-yq', '--no-install-recommends', 'chromium'], {
    timeoutMs: APT_LIMIT_MS,
    env,
  });
  const file = onPath();
  if (!file) throw new Error(install.output.trim().split('\n').at(-1) ?? 'it installed nothing');
  return file;
}
