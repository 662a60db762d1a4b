import { parseArgs } from 'node:util';
import { attackShop } from '#scripts/chaos/corpus.ts';
import { compareStores } from '#scripts/chaos/differential.ts';
import { keepEvidence, type ProofResult } from '#scripts/chaos/evidence.ts';
import { runPurchases } from '#scripts/chaos/money.ts';
import { runMutations } from '#scripts/chaos/mutations.ts';
import { runRaces } from '#scripts/chaos/races.ts';
import { runSimulation } from '#scripts/chaos/simulation.ts';
import { floodStreams } from '#scripts/chaos/streams.ts';
import { runWholeTests } from '#scripts/chaos/tests.ts';

// `npm run chaos`: all long proofs, at most 90 minutes on two cores; with `--long` in the sizes of a release. `npm run chaos --
// sim money` runs these alone. The last line is "N passed, N failed"; what each has shown last is kept in docs/evidence.
const { values, positionals } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    start: { type: 'string', default: '1' },
    sequences: { type: 'string' },
    races: { type: 'string' },
    purchases: { type: 'string' },
    requests: { type: 'string' },
    only: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

/** How large each proof is unless it is said otherwise. */
const SIZES = values.long
  ? { seeds: 1_000_000, sequences: 10_000, races: 10_000, purchases: 1_000, requests: 100_000 }
  : { seeds: 100_000, sequences: 3_000, races: 4_000, purchases: 250, requests: 30_000 };
const size = (name: keyof typeof SIZES) => Number(values[name] ?? SIZES[name]);
const start = Number(values.start);

const PROOFS: Record<string, () => Promise<ProofResult>> = {
  mutations: () => runMutations(values.only),
  sim: () => runSimulation(start, size('seeds')),
  differential: () => compareStores(size('sequences')),
  corpus: () => attackShop(start, size('requests')),
  races: () => runRaces(size('races')),
  money: () => runPurchases(size('purchases'), start),
  streams: floodStreams,
  tests: runWholeTests,
};

const names = positionals.length > 0 ? positionals : Object.keys(PROOFS);
const unknown = names.filter((name) => !(name in PROOFS));
if (unknown.length > 0) {
  process.stderr.write(
    `No such proof: ${unknown.join(', ')}. Usage: npm run chaos -- [${Object.keys(PROOFS).join(' | ')}] [--long] [--seeds N] [--start N] [--sequences N] [--races N] [--purchases N] [--requests N] [--only MUTATION]\n`,
  );
  process.exitCode = 2;
} else {
  let [passed, failed] = [0, 0];
  for (const name of names) {
    const result = await prove(name);
    passed += result.passed;
    failed += result.failed;
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/**
 * Run one proof, print its figures and keep them. A proof that throws has failed; the others still run, in the environment that
 * this one began with: it names the services of its own there, which have ended with it.
 */
async function prove(name: string): Promise<ProofResult> {
  process.stdout.write(`\n── ${name}\n`);
  const environment = { ...process.env };
  const began = performance.now();
  const result = await PROOFS[name]!().catch((error: unknown) => ({
    passed: 0,
    failed: 1,
    figures: String(error instanceof Error ? (error.stack ?? error.message) : error).split('\n'),
  }));
  const seconds = (performance.now() - began) / 1_000;
  process.env = environment;
  process.stdout.write(`${result.figures.join('\n')}\n`);
  process.stdout.write(`── ${name}: ${result.passed} passed, ${result.failed} failed (${Math.round(seconds)} s)\n`);
  const partial = values.only !== '' && name === 'mutations';
  if (!partial) keepEvidence(name, command(name), seconds, result);
  return result;
}

function command(name: string): string {
  const given = Object.entries(values)
    .filter(
      ([option, value]) =>
        value !== undefined && value !== '' && value !== false && !(option === 'start' && value === '1'),
    )
    .map(([option, value]) => (value === true ? ` --${option}` : ` --${option} ${value}`));
  return `npm run chaos -- ${name}${given.join('')}`;
}
