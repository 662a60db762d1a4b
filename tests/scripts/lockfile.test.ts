import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completeLock } from '#scripts/lockfile.mjs';

test('package-lock.json has every platform and no registry in it (node scripts/lockfile.mjs makes it so)', () => {
  const text = readFileSync('package-lock.json', 'utf8');
  expect(completeLock(JSON.parse(text))).toEqual([]);
  expect(text).not.toMatch(/"resolved": "https?:/);
});

test('a program for another platform that is missing from the lock is added from its name', () => {
  const lock = {
    packages: {
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        license: 'MIT',
        optionalDependencies: { '@tool/darwin-arm64': '1.2.3', '@tool/linux-x64-musl': '1.2.3', here: '^4.0.0' },
      },
      'node_modules/tool/node_modules/here': { version: '4.1.0' },
    },
  };
  completeLock(lock);
  expect(lock.packages).toMatchObject({
    'node_modules/@tool/darwin-arm64': { version: '1.2.3', os: ['darwin'], cpu: ['arm64'], optional: true, dev: true },
    'node_modules/@tool/linux-x64-musl': { version: '1.2.3', os: ['linux'], cpu: ['x64'], libc: ['musl'] },
  });
  expect(Object.keys(lock.packages)).toEqual([
    'node_modules/@tool/darwin-arm64',
    'node_modules/@tool/linux-x64-musl',
    'node_modules/tool',
    'node_modules/tool/node_modules/here',
  ]);
  expect(completeLock(lock)).toEqual([]);
});

test("a registry's address is taken out, a file's and a repository's stay", () => {
  const lock = {
    packages: {
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' },
      'node_modules/b': { version: '1.0.0', resolved: 'file:../b' },
    },
  };
  expect(completeLock(lock)).toEqual(['node_modules/a: registry address removed']);
  expect(lock.packages['node_modules/a']).toEqual({ version: '1.0.0' });
  expect(lock.packages['node_modules/b'].resolved).toBe('file:../b');
});

test('a name that says no platform is not guessed', () => {
  const lock = (name: string, version: string) => ({
    packages: { 'node_modules/tool': { optionalDependencies: { [name]: version } } },
  });
  expect(() => completeLock(lock('mystery', '1.0.0'))).toThrow('mystery does not say its platform');
  expect(() => completeLock(lock('@tool/linux-x64', '^1.0.0'))).toThrow('not one exact version');
});
