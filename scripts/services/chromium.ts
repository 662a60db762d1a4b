import { globSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '#scripts/services/log.ts';
import { reason } from '#scripts/services/missing-service.ts';
import { findOnPath, isExecutable, runCommand } from '#scripts/services/run-command.ts';

/** Chromium without a window. It draws the same pages with less processor time, since it has no pages of its own. */
const HEADLESS_SHELL = 'chromium-headless-shell';
const WHOLE_BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const DOWNLOAD_LIMIT_MS = 3 * 60_000;
const APT_LIMIT_MS = 8 * 60_000;

interface Wanted {
  /** A browser as people use it, not the headless shell: for measurements and pictures. */
  wholeBrowser?: boolean;
}

/**
 * A Chromium for browser tests: CHROMIUM_PATH, a headless shell that is there already, a whole browser that is there already,
 * Playwright's download, apt as root. Throws with every reason when none of them works.
 */
export async function findChromium(log: Log, { wholeBrowser = false }: Wanted = {}): Promise<string> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH=${named} is not a program.`);
  }
  const found = await findInstalled(wholeBrowser);
  if (found) return found;
  const names = wholeBrowser ? WHOLE_BROWSERS : [HEADLESS_SHELL, ...WHOLE_BROWSERS];
  const attempts = [`none of ${names.join(', ')} is on PATH`];
  const packages = wholeBrowser ? ['chromium'] : [HEADLESS_SHELL, 'chromium'];
  for (const [way, install] of [
    ['playwright install chromium', () => installByPlaywright(log, wholeBrowser)],
    ...packages.map((name) => [`apt-get install ${name}`, () => installByApt(log, name)] as const),
  ] as const) {
    try {
      await install();
      const file = await findInstalled(wholeBrowser);
      if (file) return file;
      attempts.push(`${way}: it installed no browser`);
    } catch (error) {
      attempts.push(`${way}: ${reason(error)}`);
    }
  }
  throw new Error(
    ['No Chromium was found, and none could be fetched:', ...attempts.map((line) => `  - ${line}`)].join('\n'),
  );
}

/** A browser on this machine: Playwright's before one on PATH, since it is the one that Playwright was tested with. */
async function findInstalled(wholeBrowser: boolean): Promise<string | undefined> {
  const { chromium } = await import('@playwright/test');
  const ofPlaywright = chromium.executablePath();
  const shells = [shellOfPlaywright(ofPlaywright), findOnPath(HEADLESS_SHELL)];
  const wholes = [ofPlaywright, ...WHOLE_BROWSERS.map((name) => findOnPath(name))];
  return [...(wholeBrowser ? [] : shells), ...wholes].find((file) => file !== undefined && isExecutable(file));
}

/** Playwright keeps its headless shell in a folder beside its Chromium's, under the same revision. */
function shellOfPlaywright(chromium: string): string | undefined {
  const folder = /^(.*)[/\\]chromium-(\d+)[/\\]/.exec(chromium);
  if (!folder) return undefined;
  return globSync(path.join(folder[1]!, `chromium_headless_shell-${folder[2]}`, '*', 'chrome-headless-shell'))[0];
}

async function installByPlaywright(log: Log, wholeBrowser: boolean): Promise<void> {
  log('fetching Chromium with Playwright');
  const cli = path.join(import.meta.dirname, '../../node_modules/@playwright/test/cli.js');
  const kind = wholeBrowser ? '--no-shell' : '--only-shell';
  const install = await runCommand(process.execPath, [cli, 'install', kind, 'chromium'], {
    timeoutMs: DOWNLOAD_LIMIT_MS,
  });
  if (install.code !== 0) throw new Error('the download failed');
}

async function installByApt(log: Log, name: string): Promise<void> {
  const apt = findOnPath('apt-get');
  if (!apt) throw new Error('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new Error('this needs root');
  log(`installing ${name} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand(apt, ['update', '-q'], { timeoutMs: APT_LIMIT_MS, env });
  const install = await runCommand(apt, ['install', '-yq', '--no-install-recommends', name], {
    timeoutMs: APT_LIMIT_MS,
    env,
  });
  if (install.code !== 0) throw new Error(install.output.trim().split('\n').at(-1) ?? 'it installed nothing');
}
