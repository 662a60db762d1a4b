import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import path from 'node:path';

/** What one proof has shown. */
export interface ProofResult {
  passed: number;
  failed: number;
  /** The figures, in lines. */
  figures: string[];
}

/** The last result of a proof, as it is kept under docs/evidence. */
interface Evidence extends ProofResult {
  proof: string;
  /** How to repeat it. */
  command: string;
  commit: string;
  /** Work that was not committed yet was part of it. */
  uncommitted: boolean;
  date: string;
  machine: string;
  seconds: number;
}

const FOLDER = 'docs/evidence';

/** The result of a proof that holds or does not. */
export const verdict = (holds: boolean, figures: string[]): ProofResult => ({
  passed: holds ? 1 : 0,
  failed: holds ? 0 : 1,
  figures,
});

/**
 * Keep the result of a proof in docs/evidence, in place of its last one, and list all results anew.
 * @param result with the time that the proof took, in seconds
 */
export function keepEvidence(proof: string, command: string, seconds: number, result: ProofResult): void {
  mkdirSync(FOLDER, { recursive: true });
  const evidence: Evidence = {
    proof,
    command,
    commit: git('rev-parse', '--short', 'HEAD'),
    uncommitted: git('status', '--porcelain', '--', '.', `:!${FOLDER}`) !== '',
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    seconds: Math.round(seconds),
    ...result,
    figures: result.figures.map((line) => line.replaceAll(`${process.cwd()}${path.sep}`, '')),
  };
  writeFileSync(path.join(FOLDER, `${proof}.json`), `${JSON.stringify(evidence, null, 2)}\n`);
  writeFileSync(path.join(FOLDER, 'README.md'), page(readEvidence()));
}

function readEvidence(): Evidence[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')));
}

function page(all: readonly Evidence[]): string {
  const rows = all.map(
    ({ proof, command, passed, failed, seconds, date, commit, uncommitted, machine }) =>
      `| ${proof} | \`${command}\` | ${passed} passed, ${failed} failed | ${seconds} s | ${date} | ${commit}${uncommitted ? ' and later work' : ''} | ${machine} |`,
  );
  const figures = all.flatMap(({ proof, figures }) => ['', `## ${proof}`, '', '```', ...figures, '```']);
  return `${[
    '# Evidence',
    '',
    'The last result of each proof of `npm run chaos`, written by the run itself. What each proof shows is in',
    '[correctness](../correctness.md), [money](../money.md) and [security](../security.md).',
    '',
    '| proof | repeat it with | result | took | date | commit | machine |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...figures,
  ].join('\n')}\n`;
}

function machine(): string {
  const all = cpus();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}, ${gigabytes} GB, ${type()} ${release().split('-')[0]}`;
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return ''; // an archive without a repository
  }
}
