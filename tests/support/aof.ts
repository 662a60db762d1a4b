import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One command of an append-only file, with the bytes it takes there. */
interface Written {
  words: string[];
  from: number;
  to: number;
}

/** Where a Redis writes its commands between two rewrites: the newest incremental file. */
function incremental(dir: string): string {
  const folder = join(dir, 'appendonlydir');
  const number = (name: string) => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1]);
  const [newest] = readdirSync(folder)
    .filter((name) => name.endsWith('.incr.aof'))
    .sort((a, b) => number(b) - number(a));
  return join(folder, newest!);
}

function parse(text: string): Written[] {
  const commands: Written[] = [];
  let at = 0;
  const line = () => {
    const end = text.indexOf('\r\n', at);
    if (end < 0) at = text.length;
    if (end < 0) return '$0';
    const read = text.slice(at, end);
    at = end + 2;
    return read;
  };
  while (at < text.length) {
    const from = at;
    const words = Array.from({ length: Number(line().slice(1)) }, () => {
      const length = Number(line().slice(1));
      const word = text.slice(at, at + length);
      at += length + 2;
      return word;
    });
    if (at > text.length) break; // being written
    commands.push({ words, from, to: at });
  }
  return commands;
}

/** Two commands of one transaction, one after the other. */
export type Seam = (words: string[], next: string[]) => boolean;

/** The last place in the file where one transaction has such a seam. */
function lastSeam(text: string, seam: Seam): Written | undefined {
  let found: Written | undefined;
  let inTransaction = false;
  let before: Written | undefined;
  for (const command of parse(text)) {
    const [name] = command.words;
    if (inTransaction && before && name !== 'EXEC' && seam(before.words, command.words)) found = command;
    before = command;
    if (name === 'MULTI' || name === 'EXEC') inTransaction = name === 'MULTI';
  }
  return found;
}

/** Whether a script has written such a transaction since the file was last rewritten. A running Redis may be asked. */
export function hasTransaction(dir: string, seam: Seam): boolean {
  return lastSeam(readFileSync(incremental(dir), 'latin1'), seam) !== undefined;
}

/**
 * Cut the file of a stopped Redis inside the last transaction of a script that has such a seam, as a power cut does when the
 * tail never reached the disk. Everything after the cut is lost.
 * @param left `torn`: the cut goes through the command behind the seam, and Redis drops the transaction when it loads the file;
 *   `executed`: the transaction ends at the seam, which is what Redis 7.0 makes of a torn one at its second restart
 * @returns how many bytes were lost; undefined when Redis has rewritten the file meanwhile and it holds no such step any more
 */
export function cutInTransaction(dir: string, seam: Seam, left: 'torn' | 'executed'): number | undefined {
  const file = incremental(dir);
  const text = readFileSync(file, 'latin1');
  const behind = lastSeam(text, seam);
  if (!behind) return undefined;
  const torn = Math.ceil((behind.from + behind.to) / 2);
  const kept = left === 'torn' ? text.slice(0, torn) : `${text.slice(0, behind.from)}*1\r\n$4\r\nEXEC\r\n`;
  writeFileSync(file, kept, 'latin1');
  return text.length - kept.length;
}
