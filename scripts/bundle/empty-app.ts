import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '#scripts/services/ports.ts';
import { runCommand } from '#scripts/services/run-command.ts';
import { startProcess, untilReady } from '#scripts/services/service-process.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const NEXT = path.join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
const BUILD_LIMIT_MS = 5 * 60_000;
const START_LIMIT_MS = 60_000;

const FILES = {
  'package.json': '{ "private": true, "type": "module" }',
  'next.config.js': `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} };`,
  'app/layout.jsx': 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
  'app/page.jsx': 'export default () => <h1>Nothing</h1>;',
};

/** Build and serve an app of nothing but a layout and a page with the project's Next, in a folder that goes away. */
export async function withEmptyApp<T>(work: (url: string) => Promise<T>): Promise<T> {
  // Inside the project, so that it finds the same node_modules.
  mkdirSync(path.join(ROOT, '.data'), { recursive: true });
  const folder = mkdtempSync(path.join(ROOT, '.data', 'empty-app-'));
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  try {
    for (const [name, content] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    const built = await runCommand(process.execPath, [NEXT, 'build'], { cwd: folder, env, timeoutMs: BUILD_LIMIT_MS });
    if (built.code !== 0) throw new Error(`The empty page cannot be built:\n${built.output}`);
    const port = await freePort();
    const server = await startProcess({
      name: 'the empty page',
      command: process.execPath,
      args: [NEXT, 'start', '--port', String(port)],
      cwd: folder,
      env,
      logFile: path.join(folder, 'server.log'),
    });
    try {
      const url = `http://localhost:${port}/`;
      await untilReady(server, async () => (await fetch(url)).ok, START_LIMIT_MS);
      return await work(url);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
