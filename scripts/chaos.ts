import { parseArgs } from 'node:util';
import { attackShop } from '#scripts/chaos/corpus.ts';
import { compareStores } from '#scripts/chaos/differential.ts';
import { runPurchases } from '#scripts/chaos/money.ts';
import { runMutations } from '#scripts/chaos/mutations.ts';
import { runRaces } from '#scripts/chaos/races.ts';
import { runSimulation } from '#scripts/chaos/simulation.ts';
import { floodStreams } from '#scripts/chaos/streams.ts';

// `npm run chaos -- sim|mutations|differential|races|money|corpus|streams`: the long proofs; what each has shown last stands in
// docs/correctness.md, docs/money.md and docs/security.md.
const { values, positionals } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000000' },
    start: { type: 'string', default: '1' },
    sequences: { type: 'string', default: '10000' },
    races: { type: 'string', default: '10000' },
    purchases: { type: 'string', default: '1000' },
    requests: { type: 'string', default: '100000' },
    only: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

const proofs: Record<string, () => Promise<boolean>> = {
  sim: () => runSimulation(Number(values.start), Number(values.seeds)),
  mutations: () => runMutations(values.only),
  races: () => runRaces(Number(values.races)),
  money: () => runPurchases(Number(values.purchases), Number(values.start)),
  corpus: () => attackShop(Number(values.start), Number(values.requests)),
  streams: floodStreams,
  differential: () => compareStores(Number(values.sequences)),
};

const proof = proofs[positionals[0] ?? ''];
if (proof) {
  process.exitCode = (await proof()) ? 0 : 1;
} else {
  process.stderr.write(
    `usage: npm run chaos -- ${Object.keys(proofs).join(' | ')} [--seeds N] [--sequences N] [--races N] [--purchases N] [--requests N] [--only NAME]\n`,
  );
  process.exitCode = 2;
}
