// Plain JavaScript for Node 20 and newer with nothing installed: brings the dependencies and Node 24, then runs one
// of our TypeScript programs with it. `npm start` and `npm test` come through here.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, findRuntime } from './install.mjs';

const PARENT_LOOK_MS = 250;

/**
 * Install what is missing, run a program of this folder on Node 24, hand signals on to it, and end as it ended.
 * The program has an IPC channel to us: when it disconnects, we are gone and it stops what it started.
 * @param {string} program file name in scripts/
 * @param {{ afterCrash?: string[] }} [options] afterCrash: run the program again with these arguments when it was killed
 */
export async function launch(program, options = {}) {
  const root = path.resolve(fileURLToPath(import.meta.url), '../..'); // import.meta.dirname came with Node 20.11
  try {
    await ensureInstalled(root);
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
  const node = findRuntime(root);
  const file = path.join(root, 'scripts', program);
  const env = {
    ...process.env,
    PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
  };
  const child = spawn(node, [file, ...process.argv.slice(2)], {
    cwd: root,
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWhenNpmIsGone(child);
  child.once('exit', (code, signal) => {
    if (signal === null || !options.afterCrash) process.exit(code ?? 1);
    console.error(`${program} was ended by ${signal}: stopping what it left behind`);
    spawn(node, [file, ...options.afterCrash], { cwd: root, env, stdio: 'inherit' }).once('exit', () =>
      process.exit(1),
    );
  });
}

/** npm does not always hand a signal on (its shell may die instead of us): a new parent means that npm has gone. */
function stopWhenNpmIsGone(child) {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_LOOK_MS);
}
