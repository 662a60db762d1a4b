// Plain JavaScript for Node 20 and newer with nothing installed: is node_modules what package-lock.json asks for?
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLineOf } from './processes.mjs';

const OLDEST_NODE = 20;
const RUNTIME_MAJOR = 24;
const WAIT_MS = 500;
/** npm writes package-lock.json a moment after its record in node_modules. */
const RECORD_SLACK_MS = 10_000;

/**
 * Install the dependencies unless they are there and fit package-lock.json. `npm ci`, then `npm install` when it fails.
 * One installation at a time per folder; refused while a shop runs on the modules that it would remove.
 * @param {string} root the project's folder
 */
export async function ensureInstalled(root) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(`Holdfast needs Node ${OLDEST_NODE} or newer to begin with (this is ${process.version}).`);
  }
  if (isInstalled(root)) return;
  const release = await takeTurn(root);
  try {
    if (isInstalled(root)) return;
    if (isShopRunning(root)) {
      throw new Error(
        'package-lock.json has changed while the shop runs in this folder. Stop the shop, then try again.',
      );
    }
    console.log('Installing dependencies, Node 24 among them (a minute or two, once)');
    if ((await npm(root, 'ci')) !== 0) {
      console.log('npm ci did not work; trying npm install');
      if ((await npm(root, 'install')) !== 0)
        throw new Error('The dependencies could not be installed: npm says why above.');
    }
    findRuntime(root);
    writeFileSync(stampFile(root), lockHash(root));
  } finally {
    release();
  }
}

/**
 * The Node 24 to run our programs with: the one among the dependencies, else this one when it is new enough.
 * @param {string} root
 * @returns {string} path of the program
 */
export function findRuntime(root) {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  for (const file of [own, process.execPath]) {
    const asked = spawnSync(file, ['--version'], { encoding: 'utf8' });
    if (asked.status === 0 && Number(/^v(\d+)/.exec(asked.stdout)?.[1]) >= RUNTIME_MAJOR) return file;
  }
  throw new Error(
    `No Node ${RUNTIME_MAJOR} came with the dependencies (the install script of the package "node" must be allowed to run). ` +
      `Allow it and run "npm ci", or install Node ${RUNTIME_MAJOR} yourself.`,
  );
}

/** True when node_modules was installed from the package-lock.json that is there now. */
function isInstalled(root) {
  const record = path.join(root, 'node_modules', '.package-lock.json'); // npm writes it last
  if (!existsSync(record) || !existsSync(path.join(root, 'node_modules', '.bin', 'node'))) return false;
  // Git gives a file the time of its checkout, so the same lockfile may look newer: the stamp knows better.
  if (existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === lockHash(root)) return true;
  return statSync(record).mtimeMs + RECORD_SLACK_MS >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

function stampFile(root) {
  return path.join(root, 'node_modules', '.holdfast-lock');
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function npm(root, command) {
  // While they are replaced, node_modules' own programs are no good: npm runs on the system's Node.
  const searchPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(path.join(root, 'node_modules')));
  const args = [command, '--no-audit', '--no-fund', '--loglevel', 'error', '--include', 'dev'];
  return new Promise((resolve) => {
    const child = spawn('npm', args, {
      cwd: root,
      env: { ...process.env, PATH: searchPath.join(path.delimiter) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const giveUp = (signal) => {
      child.once('exit', () => process.exit(1));
      child.kill(signal);
    };
    for (const signal of signals) process.once(signal, giveUp);
    child.once('error', () => resolve(1));
    child.once('exit', (code) => {
      for (const signal of signals) process.removeListener(signal, giveUp);
      resolve(code ?? 1);
    });
  });
}

/** True while the process that .data/run.json names is this folder's `npm start`. */
function isShopRunning(root) {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(root, '.data', 'run.json'), 'utf8'));
    return commandLineOf(pid).includes(path.join(root, 'scripts', 'start.ts'));
  } catch {
    return false; // no record: nothing runs
  }
}

/** Wait for another installation in this folder to end; a turn whose process is gone is taken over. */
async function takeTurn(root) {
  const file = path.join(root, '.data', 'install.pid');
  const draft = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(draft, String(process.pid));
  for (let waited = false; ; waited = true) {
    try {
      linkSync(draft, file); // appears with its content, or not at all
      rmSync(draft);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (commandLineOf(owner) === '') rmSync(file, { force: true });
    else {
      if (!waited) console.log('Another installation is under way in this folder; waiting for it');
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}
