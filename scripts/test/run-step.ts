import { type ChildProcess, spawn } from 'node:child_process';
import type { Step } from '#scripts/test/steps.ts';

/** Runs steps one at a time with their output on ours, each in a process group of its own that dies with it. */
export interface StepRunner {
  /** @returns the exit code of the command that ended the step; null when a signal or the time limit did */
  run(step: Step, env: NodeJS.ProcessEnv): Promise<number | null>;
  /** End the step that is running: SIGTERM, and SIGKILL after a grace period. Later ones are not started. */
  interrupt(): void;
}

export interface StepRunnerOptions {
  root: string;
  /** Told the process of each command while it runs, and undefined after it. */
  onProcess(name: string, child: ChildProcess | undefined): void;
}

const GRACE_MS = 10_000;
/** For a step that hangs. Each test and hook has a limit of its own; a step is judged by its tests, not by its duration. */
const STEP_LIMIT_MS = 60 * 60_000;

export function makeStepRunner({ root, onProcess }: StepRunnerOptions): StepRunner {
  let current: ChildProcess | undefined;
  let interrupted = false;
  process.on('exit', () => killGroup(current, 'SIGKILL'));

  function interrupt(): void {
    interrupted = true;
    const child = current;
    killGroup(child, 'SIGTERM');
    setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS).unref();
  }

  async function run(step: Step, env: NodeJS.ProcessEnv): Promise<number | null> {
    let code: number | null = null;
    for (const args of step.commands) {
      if (interrupted) return null;
      code = await runOne(step, args, env);
      if (code !== 0) return code;
    }
    return code;
  }

  function runOne(step: Step, args: string[], env: NodeJS.ProcessEnv): Promise<number | null> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, args, {
        cwd: root,
        env: { ...env, ...step.env },
        stdio: ['ignore', 'inherit', 'inherit'],
        detached: true,
      });
      current = child;
      onProcess(step.name, child);
      const timer = setTimeout(() => {
        console.error(`${step.title}: no end after ${STEP_LIMIT_MS / 60_000} minutes; stopped`);
        killGroup(child, 'SIGKILL');
      }, STEP_LIMIT_MS);
      const finish = (code: number | null) => {
        clearTimeout(timer);
        killGroup(child, 'SIGKILL'); // browsers and servers that a crashed runner left
        current = undefined;
        onProcess(step.name, undefined);
        resolve(code);
      };
      child.once('error', (error) => {
        console.error(error.message);
        finish(1);
      });
      child.once('exit', finish);
    });
  }

  return { run, interrupt };
}

function killGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty.
  }
}
