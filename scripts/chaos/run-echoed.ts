import { spawn } from 'node:child_process';

/**
 * Run one of our programs to its end, with its output on ours.
 * @param args arguments for Node 24
 * @param env on top of this process's own
 * @returns its exit code, and what it wrote to standard output
 */
export function runEchoed(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
