import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { CALLERS } from '#tests/api/authorisation-callers.ts';

const FILE = 'docs/authorisation.md';

/** The part of the document under a heading is what a test has found. @param lines the heading first */
export function expectWritten(lines: string[]): void {
  const parts = readFileSync(FILE, 'utf8')
    .trimEnd()
    .split(/\n\n(?=## )/);
  const at = parts.findIndex((part) => part.startsWith(`${lines[0]}\n`));
  const found = lines.join('\n');
  if (process.env.WRITE_DOCS) {
    parts.splice(at < 0 ? parts.length : at, 1, found);
    writeFileSync(FILE, `${parts.join('\n\n')}\n`);
  } else expect(parts[at]).toBe(found);
}

/** The lines of a table with a column for each kind of caller behind the first ones. */
export const table = (first: string[], rows: string[]) => {
  const heads = [...first, ...Object.keys(CALLERS)];
  return [`| ${heads.join(' | ')} |`, `|${heads.map(() => '---').join('|')}|`, ...rows];
};
