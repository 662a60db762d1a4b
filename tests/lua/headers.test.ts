import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCRIPTS } from '#lib/inventory/index.ts';

const read = (name: string) => readFileSync(`lua/${name}.lua`, 'utf8');
const seam = readdirSync('lib/inventory/calls')
  .map((file) => readFileSync(`lib/inventory/calls/${file}`, 'utf8'))
  .join('\n');

test('every script under lua/ is registered, and every registered one is there', () => {
  const files = readdirSync('lua')
    .filter((file) => file !== 'prelude.lua')
    .map((file) => file.replace('.lua', ''));
  expect(files.sort()).toEqual([...SCRIPTS].sort());
});

test('when Redis has no memory left, only what takes units or makes them is refused', () => {
  const refused = SCRIPTS.filter((name) => !/^#!lua flags=(allow-oom|no-writes)$/m.test(read(name)));
  expect(refused).toEqual(['reserve', 'mint']);
});

describe.each(SCRIPTS)('%s.lua', (name) => {
  const lines = read(name).split('\n');
  const header = lines.filter((line) => line.startsWith('--')).join('\n');
  const body = lines.filter((line) => !line.startsWith('--') && !line.startsWith('#!')).join('\n');
  const returns = header.slice(header.indexOf('-- Returns'));

  test('opens with its contract: a sentence, its keys, its arguments, its replies', () => {
    expect(lines[0]).toMatch(/^#!lua( flags=[\w-]+)?$/);
    expect(lines[1]).toMatch(/^-- [A-Z].*/);
    expect(header).toMatch(/KEYS\[1\]/);
    expect(returns).toMatch(/^-- Returns \{'/);
  });

  test('answers exactly the words that its header names', () => {
    const promised = new Set([...returns.matchAll(/\{'(\w+)'/g)].map((match) => match[1]));
    const said = new Set(
      [...body.matchAll(/(?:return|=|,|reply =|over, short =)\s*\{ '(\w+)'/g)].map((match) => match[1]),
    );
    expect([...said].sort()).toEqual([...promised].sort());
  });

  test('has each of its words handled at the seam', () => {
    for (const [, word] of returns.matchAll(/\{'(\w+)'/g)) expect(seam, word).toContain(`'${word}'`);
  });

  test('names each fixed key and argument it uses', () => {
    const used = (list: string) =>
      Math.max(
        0,
        ...[...body.matchAll(new RegExp(`unpack\\(${list}, (\\d+), (\\d+)\\)`, 'g'))].map((match) => Number(match[2])),
        ...[...body.matchAll(new RegExp(`${list}\\[(\\d+)\\]`, 'g'))].map((match) => Number(match[1])),
      );
    const named = (list: string) =>
      Math.max(
        0,
        ...[...header.matchAll(new RegExp(`${list}\\[(\\d+)(\\.\\.)?\\]`, 'g'))].map((match) => Number(match[1])),
      );
    expect(used('KEYS')).toBeLessThanOrEqual(named('KEYS'));
    expect(used('ARGV')).toBeLessThanOrEqual(named('ARGV'));
  });

  test('writes nothing that its flags forbid, and declares every key', () => {
    if (lines[0]?.includes('no-writes')) expect(body).not.toMatch(/'(SET|HSET|DEL|RPUSH|LTRIM|ZADD|XADD|PUBLISH)'/);
    expect(body).not.toMatch(/redis\.call\('\w+', '[^']*:/);
    expect(body).not.toMatch(/'(KEYS|SCAN)'/);
  });

  test('is one transition of under 50 lines', () => {
    expect(body.split('\n').filter((line) => line.trim() !== '').length).toBeLessThan(50);
  });
});
