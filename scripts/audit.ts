import { type AuditReport, audit } from '#lib/audit/index.ts';
import { holdfast } from '#lib/process.ts';
import { refuseToStart } from '#lib/shutdown.ts';

// `npm run audit`: check the invariants of the running shop; exit 1 on a violation.
try {
  const shop = holdfast();
  await shop.connect();
  const report = await audit(shop);
  process.stdout.write(`${table(report)}\n`);
  process.exitCode = report.violations.length > 0 ? 1 : 0;
  await shop.close();
} catch (error) {
  refuseToStart(error);
}

function table({ rows, violations, conflicts, bankChecked }: AuditReport): string {
  const head = ['sale', 'product', 'minted', 'free', 'held', 'sold', 'paid'];
  const cells = rows.map(({ saleId, productId, minted, free, held, sold, paid }) =>
    [saleId, productId, minted, free, held, sold, paid].map(String),
  );
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const found = violations.map(({ invariant, what }) => `VIOLATION ${invariant}: ${what}`);
  const checked = bankChecked ? 'I1-I6, I8-I11, I15' : 'I1-I6, I9-I11, I15';
  const verdict = violations.length === 0 ? `${checked}: all hold` : `${violations.length} violations`;
  const bank = bankChecked ? [] : ["the provider's ledger was not checked (I8): only the sandbox's bank shows it"];
  return [line(head), ...cells.map(line), '', `token conflicts: ${conflicts}`, ...bank, ...found, verdict].join('\n');
}
