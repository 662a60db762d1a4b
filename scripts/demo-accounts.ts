/** The demo's accounts. Their passwords are public, so that only a shop with DEMO=1 lets them in. */
export const DEMO_ACCOUNTS = [
  { email: 'admin@holdfast.example', password: 'demo-admin-2026', role: 'admin' },
  { email: 'viewer@holdfast.example', password: 'demo-viewer-2026', role: 'viewer' },
  { email: 'shopper@holdfast.example', password: 'demo-shopper-2026', role: 'customer' },
] as const;
