import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compareVersions } from '#lib/server-versions.ts';

/**
 * The oldest version of a package that is not known to be open to something: what was closed, and where. Asking a registry
 * (`npm audit`) needs one that answers; these need none.
 */
const FLOORS: Record<string, [version: string, why: string]> = {
  next: [
    '16.2.6',
    'CVE-2025-55182 (remote code, 16.0.7); CVE-2026-27978 (Origin "null" taken for none, 16.1.7); ' +
      'CVE-2026-23870, 44573 to 44578 (denial of service, proxy bypasses, 16.2.6)',
  ],
  react: ['19.2.6', 'CVE-2025-55182 (19.2.1); CVE-2026-23870 (denial of service by server components, 19.2.6)'],
  'react-dom': ['19.2.6', 'the same release as react'],
  'next-auth': [
    '4.24.15',
    'GHSA-5jpx-9hw9-2fx4 (a second e-mail address in quotes, 4.24.12); CVE-2026-73420 (an @ in disguise, 4.24.15)',
  ],
  mongoose: ['8.9.5', 'CVE-2025-23061: $where nested in populate().match'],
  zod: ['3.22.3', 'CVE-2023-4316: slow e-mail pattern'],
};

interface Lock {
  packages: Record<string, { version?: string }>;
}

/** Without what a pre-release adds to its version. */
const older = (version: string, floor: string) => compareVersions(version.split('-')[0]!, floor) < 0;

test('no package of the lock is older than the version that closed what is known against it', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const wrong = Object.entries(packages).flatMap(([place, { version = '' }]) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const [floor, why] = FLOORS[name] ?? [];
    return floor && older(version, floor) ? [`${place} ${version} is older than ${floor}: ${why}`] : [];
  });
  expect(wrong).toEqual([]);
  for (const name of Object.keys(FLOORS)) expect(packages[`node_modules/${name}`]?.version, name).toBeDefined();
});

test('an older version is seen as one, by number and not by spelling', () => {
  expect(older('16.0.6', '16.0.7')).toBe(true);
  expect(older('9.9.9', '10.0.0')).toBe(true);
  expect(older('16.10.0', '16.9.1')).toBe(false);
  expect(older('4.24.12', '4.24.12')).toBe(false);
});
