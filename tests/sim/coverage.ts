import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** The protocol: every file whose code the seeds must have gone through. */
const PROTOCOL =
  /lib\/(orders\/(checkout|expire|sweep|cancel|extend|shop|order)|inventory\/(holds|rebuild)|payments\/(settle|process)|reconcile\/(reconcile|rebuild-sale))\.ts$/;

/** Records which code runs from now on. */
export async function startCoverage(): Promise<{ uncovered(): Promise<string[]> }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    /** @returns the lines of the protocol that no seed has run, as `file:line text` */
    async uncovered() {
      const { result } = await session.post('Profiler.takePreciseCoverage');
      return result.filter(({ url }) => PROTOCOL.test(url)).flatMap(uncoveredLines);
    },
  };
}

interface Script {
  url: string;
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

/** Ranges come outermost first: a later one is the more exact. Types are blanked, not moved, so offsets are the source's. */
function uncoveredLines({ url, functions }: Script): string[] {
  const path = fileURLToPath(url);
  const text = readFileSync(path, 'utf8');
  const ran = new Uint8Array(text.length).fill(1);
  for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  const found: string[] = [];
  let offset = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const code = [...line].findIndex((_, at) => ran[offset + at] === 0 && /\S/.test(line[at]!));
    if (code >= 0 && !/^[\s})\];,]*$/.test(line.slice(code)))
      found.push(`${path.slice(path.indexOf('/lib/') + 1)}:${i + 1} ${line.trim()}`);
    offset += line.length + 1;
  }
  return found;
}
