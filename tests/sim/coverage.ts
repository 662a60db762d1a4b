import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** The protocol: every file whose code the seeds must have gone through. */
const PROTOCOL =
  /lib\/(orders\/(checkout|expire|sweep|cancel|extend|shop|order)|inventory\/(holds|rebuild)|payments\/(settle|process|start|look-after)|reconcile\/(reconcile|rebuild-sale))\.ts$/;

/** Lines that no history can reach, or only one that the world does not tell; each is held to by another test or by the compiler. */
const ELSEWHERE: [line: RegExp, why: string][] = [
  [/satisfies never|^default:$/, 'exhaustiveness: a new outcome does not compile'],
  [/UnsettledError|is gone`/, 'the bound of a loop'],
  [/\?\? (current|\[\]|0)\)|\?\? current;|\?\? \[\] \}\)/, 'the type of a look-up that always finds'],
  [
    /case 'unknown':|^return order;$|status !== 'RESERVED'\) return order;|if \(!isLive\(owner\)\) return;|if \(!isLive\(order\)\) return 0;|if \(!order\.payment\) continue;/,
    'the compiler wants it; tests/api',
  ],
  [/case 'changed':|withHeldProducts|^break;$/, 'a hold always names its order’s products; tests/lua/transitions'],
  [/'captureStuck'|await till\.alarms$|^\.catch\(\(\) => \{\}\);$/, 'ten failures of one step; tests/lib/outbox'],
  [/'noSale'|if \(!known\) return found;/, 'a sale is never deleted'],
  [/'cartOnHold', nowMs, orderId|a cart record without hold or order/, 'a Redis damaged beyond what a cut file can do'],
  [/status === 'RESERVED'\) return settle\(till, event\);/, 'an order appears while its payment is refused as unknown'],
];

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
      const lines = result.filter(({ url }) => PROTOCOL.test(url)).flatMap(uncoveredLines);
      return lines.filter((line) => !ELSEWHERE.some(([known]) => known.test(line.slice(line.indexOf(' ') + 1))));
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
