import type { Log } from '#scripts/services/log.ts';

const TICK_MS = 1_000;
const PAD = 11;

/** What a step hands back: the words after its name on its finished line. */
export type StepWork = (log: Log) => Promise<string> | string;

export interface Progress {
  /** Run one step and show it: its name while it runs, its outcome and time when it is over. A failure is shown and thrown on. */
  step(name: string, work: StepWork): Promise<void>;
  /** A line of its own, also in the middle of a step. */
  say(line: string): void;
}

/** Progress on a stream: one line that is rewritten on a terminal, plain lines elsewhere; colours unless NO_COLOR. */
export function makeProgress(out: NodeJS.WriteStream): Progress {
  const isTerminal = out.isTTY === true && process.env.TERM !== 'dumb';
  const paint =
    isTerminal && !process.env.NO_COLOR ? (code: number, text: string) => `\x1b[${code}m${text}\x1b[0m` : plain;
  let running: string | undefined;
  const clear = () => {
    if (isTerminal && running) out.write('\r\x1b[K');
  };
  const show = () => {
    if (isTerminal && running) out.write(running);
  };
  const say = (line: string) => {
    clear();
    out.write(`${line}\n`);
    show();
  };

  async function step(name: string, work: StepWork) {
    const startedAt = Date.now();
    const tick = () => {
      clear();
      running = `  ${paint(36, '…')} ${name} ${paint(2, seconds(startedAt))}`;
      show();
    };
    if (isTerminal) tick();
    const timer = isTerminal ? setInterval(tick, TICK_MS) : undefined;
    const finish = (mark: string, outcome: string) => {
      clearInterval(timer);
      clear();
      running = undefined;
      out.write(`  ${mark} ${name.padEnd(PAD)} ${outcome} ${paint(2, seconds(startedAt))}\n`);
    };
    try {
      finish(paint(32, '✓'), await work((line) => say(`    ${line}`)));
    } catch (error) {
      finish(paint(31, '✗'), 'failed');
      throw error;
    }
  }

  return { step, say };
}

function plain(_code: number, text: string): string {
  return text;
}

function seconds(sinceMs: number): string {
  return `(${((Date.now() - sinceMs) / 1000).toFixed(1)} s)`;
}
