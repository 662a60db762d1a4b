import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashSources, needsBuild } from '#scripts/start/build.ts';

let root: string;
const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
};

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'holdfast-build-'));
  write('app/page.tsx', 'one');
  write('lib/a.ts', 'two');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

test('the shop is built again when a source is edited, renamed, added or removed', () => {
  const seen = new Set([hashSources(root)]);
  const expectNew = () => {
    const hash = hashSources(root);
    expect(seen).not.toContain(hash);
    seen.add(hash);
  };
  write('app/page.tsx', 'One');
  expectNew();
  renameSync(path.join(root, 'lib/a.ts'), path.join(root, 'lib/b.ts'));
  expectNew();
  write('components/deep/er/card.tsx', '');
  expectNew();
  rmSync(path.join(root, 'lib'), { recursive: true });
  expectNew();
  write('package-lock.json', '{ }');
  expectNew();
});

test('what the build does not read does not build it again', () => {
  const before = hashSources(root);
  for (const name of ['docs/a.md', 'tests/a.test.ts', 'worker/index.ts', '.env.local', 'tsconfig.json'])
    write(name, 'x');
  expect(hashSources(root)).toBe(before);
});

test('a build is needed until there is one of these very sources', () => {
  const place = { root, distDir: '.next', dataDir: path.join(root, '.data') };
  expect(needsBuild(place)).toBe(true);
  write('.next/BUILD_ID', 'id');
  expect(needsBuild(place)).toBe(true); // somebody else's: not known of which sources
  write('.data/build-.next.sha256', hashSources(root));
  expect(needsBuild(place)).toBe(false);
  write('app/page.tsx', 'edited');
  expect(needsBuild(place)).toBe(true);
});
