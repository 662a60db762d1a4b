// Makes package-lock.json right for every platform and every registry. Run it after each change of dependencies:
//
//   node scripts/lockfile.mjs            complete and clean the lockfile
//   node scripts/lockfile.mjs --check    exit 1 when there is something to do
//
// Behind some registries the programs for other platforms cannot be seen; `npm install` then leaves them out of the
// lockfile, and `npm ci` stops with "Missing … from lock file" wherever they can be seen. So each optional dependency
// that has no entry gets one, from what its name says (version, os, cpu, libc). No registry's address stays.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = [
  'arm64',
  'arm',
  'armv7',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const CPU_ALIASES = { arm: 'arm', armv7: 'arm' };
/** Optional programs whose name does not tell the platform. */
const NAMELESS = { fsevents: { os: ['darwin'] } };

/**
 * Complete and clean a lockfile, in place.
 * @param {{ packages: Record<string, any> }} lock the parsed package-lock.json
 * @returns {string[]} what was changed, one line each
 */
export function completeLock(lock) {
  const changes = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (/^https?:/.test(entry.resolved ?? '')) {
      delete entry.resolved;
      changes.push(`${place}: registry address removed`);
    }
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isPlaced(lock.packages, place, name)) continue;
      lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry);
      changes.push(`node_modules/${name}: added for other platforms`);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  return changes;
}

/** Node's lookup: in the package's own node_modules, then in that of each folder above. */
function isPlaced(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

function platformEntry(name, version, parent) {
  if (!/^\d+\.\d+\.\d+/.test(version)) {
    throw new Error(`${name} "${version}" is not one exact version: add its entry by hand`);
  }
  const platform = NAMELESS[name] ?? platformOf(name);
  return {
    version,
    ...(platform.cpu && { cpu: platform.cpu }),
    ...(parent.dev && { dev: true }),
    ...(platform.libc && { libc: platform.libc }),
    ...(parent.license && { license: parent.license }),
    optional: true,
    ...(platform.os && { os: platform.os }),
    ...(parent.engines && { engines: parent.engines }),
  };
}

function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = OS.find((known) => words.includes(known));
  const cpu = CPU.find((known) => words.includes(known));
  if (!os && cpu !== 'wasm32') throw new Error(`${name} does not say its platform: add it to NAMELESS`);
  const libc =
    os !== 'linux' ? undefined : words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  return {
    os: os && [os],
    cpu: cpu && [CPU_ALIASES[cpu] ?? cpu],
    libc: libc && [libc],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = path.join(path.dirname(process.argv[1]), '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const changes = completeLock(lock);
  for (const change of changes) console.log(change);
  if (process.argv.includes('--check')) process.exitCode = changes.length > 0 ? 1 : 0;
  else if (changes.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
