// Plain JavaScript for Node 20 and newer with nothing installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The command line of a running process, its parts joined by spaces; empty when there is no such process.
 * A process id alone proves nothing: after a restart of the machine it may be anybody's.
 * @param {number} pid
 * @returns {string}
 */
export function commandLineOf(pid) {
  if (!Number.isInteger(pid) || pid <= 1) return '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    const asked = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return asked.status === 0 ? asked.stdout.trim() : '';
  }
}
