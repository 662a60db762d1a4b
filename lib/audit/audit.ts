import { auditBank } from '#lib/audit/bank.ts';
import { auditMoney } from '#lib/audit/money.ts';
import { auditSale, type ProductRow } from '#lib/audit/sale.ts';
import type { Violation } from '#lib/audit/violation.ts';
import type { HoldfastProcess } from '#lib/process.ts';

export interface AuditReport {
  rows: ProductRow[];
  /** Empty when all is well. */
  violations: Violation[];
  /** Token conflicts met so far; only Redis data loss explains one (I15). */
  conflicts: number;
  /** Whether the provider's ledger was compared with the orders (I8). */
  bankChecked: boolean;
}

/** A step between Redis and MongoDB may be under way while the auditor looks; past this it is no longer one. */
const STEP_MS = 10_000;
const PASS_EVERY_MS = 500;

/**
 * Check the invariants of the running system, reading only. What a step under way could explain counts only when it is
 * still there after `SWEEP_SECONDS` + 10 s; what nothing can explain counts at once.
 */
export async function audit(shop: HoldfastProcess): Promise<AuditReport> {
  const end = performance.now() + shop.env.SWEEP_SECONDS * 1_000 + STEP_MS;
  let report = await pass(shop);
  let open = report.violations;
  while (open.length > 0 && !open.some(({ atOnce }) => atOnce) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, PASS_EVERY_MS));
    report = await pass(shop);
    const still = new Set(report.violations.map(identity));
    open = [
      ...open.filter((violation) => still.has(identity(violation))),
      ...report.violations.filter(({ atOnce }) => atOnce),
    ];
  }
  return { ...report, violations: open };
}

async function pass(shop: HoldfastProcess): Promise<AuditReport> {
  const bank = await auditBank(shop);
  const report: AuditReport = {
    rows: [],
    violations: [...(await auditMoney(shop)), ...(bank ?? [])],
    conflicts: 0,
    bankChecked: bank !== undefined,
  };
  for (const saleId of await shop.truth.saleIds()) {
    const { rows, violations, conflicts } = await auditSale(shop, saleId);
    report.rows.push(...rows);
    report.violations.push(...violations);
    report.conflicts += conflicts;
  }
  return report;
}

const identity = ({ invariant, what }: Violation) => `${invariant} ${what}`;
