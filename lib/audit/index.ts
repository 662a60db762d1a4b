/** Audit: the invariants of the design, checked on the running system. It reads and repairs nothing. */
export { type AuditReport, audit } from '#lib/audit/audit.ts';
export { auditSale, type ProductRow } from '#lib/audit/sale.ts';
export type { Violation } from '#lib/audit/violation.ts';
