import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

export interface CommandResult {
  /** Exit code; null when a signal or the time limit ended it, or when it could not be started. */
  code: number | null;
  /** What it wrote to stdout and stderr, in the order of arrival, its last 64 kB. */
  output: string;
}

export interface CommandOptions {
  /** Milliseconds until the command and its children are killed. */
  timeoutMs: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

const KEPT_OUTPUT_BYTES = 64 * 1024;

/** Run a command to its end without a shell and collect what it says. Never rejects: a command that cannot start has code null. */
export function runCommand(command: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its own group, so that the time limit reaches its children too
    });
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_BYTES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended between the decision and the signal.
      }
    };
    process.once('exit', killGroup);
    const timer = setTimeout(() => {
      output += `\nended after ${Math.round(options.timeoutMs / 1000)} s, its time limit`;
      killGroup();
    }, options.timeoutMs);
    const finish = (code: number | null) => {
      clearTimeout(timer);
      process.removeListener('exit', killGroup);
      resolve({ code, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(null);
    });
    child.once('close', (code) => finish(code));
  });
}

/** The first executable file of that name on PATH (read at each call), or undefined. */
export function findOnPath(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    if (!folder) continue;
    const file = path.join(folder, name);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

/** True when the path is a file that this user may run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
