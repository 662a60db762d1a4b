import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '#scripts/services/run-command.ts';

/** Whatever `next build` reads. tsconfig.json is not among them: the build itself rewrites it. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'lua',
  'public',
  'next.config.ts',
  'tsconfig.build.json',
  'package.json',
  'package-lock.json',
  'postcss.config.mjs',
  'proxy.ts',
  'instrumentation.ts',
];

const BUILD_LIMIT_MS = 15 * 60_000;
const SHOWN_LINES = 40;

export interface BuildPlace {
  root: string;
  /** Next's output folder, inside the root. */
  distDir: string;
  /** Where the hash of the built sources is kept, and the build's output. */
  dataDir: string;
}

/** True when the sources are not the ones that the output folder was built from. */
export function needsBuild(place: BuildPlace): boolean {
  if (!existsSync(path.join(place.root, place.distDir, 'BUILD_ID'))) return true;
  return !existsSync(stampFile(place)) || readFileSync(stampFile(place), 'utf8') !== hashSources(place.root);
}

/** Run `next build` and remember the sources that it was for. Rejects with the end of its output when it fails. */
export async function build(place: BuildPlace): Promise<void> {
  const hash = hashSources(place.root);
  const next = path.join(place.root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { code, output } = await runCommand(process.execPath, [next, 'build'], {
    cwd: place.root,
    timeoutMs: BUILD_LIMIT_MS,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_DIST_DIR: place.distDir,
    },
  });
  if (code !== 0) throw new Error(`next build failed:\n${output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')}`);
  mkdirSync(place.dataDir, { recursive: true });
  writeFileSync(stampFile(place), hash);
}

/** One hash over the names and bytes of all sources, in a fixed order. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    if (existsSync(path.join(root, source))) addToHash(root, source);
  }
  return hash.digest('hex');

  function addToHash(folder: string, name: string) {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) {
      for (const entry of readdirSync(file).sort()) addToHash(file, entry);
    } else {
      const bytes = readFileSync(file);
      hash.update(`${path.relative(root, file)} ${bytes.length}\n`).update(bytes);
    }
  }
}

function stampFile(place: BuildPlace): string {
  return path.join(place.dataDir, `build-${path.basename(place.distDir)}.sha256`);
}
