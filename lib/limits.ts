/** Every bound of the shop in one table: the number, its unit in the name, and why. Nothing loops, waits, lists or buffers past these. */
export const LIMITS = {
  /** What one checkout may ask for (the outside contract). */
  quantityPerLine: 100,
  linesPerCheckout: 20,
  /** One mint call of the API, and one call of mint.lua: 5,000 pushes keep Redis busy for about 5 ms. */
  tokensPerMint: 1_000_000,
  tokensPerMintScript: 5_000,
  /** A product's units: past this the audit's one-script check would stall Redis for seconds. */
  tokensPerProduct: 5_000_000,
  productsPerSale: 1_000,
  sales: 10_000,
  /** Idempotency keys: Stripe's length; remembered a day in Redis, for ever in MongoDB. */
  keyLength: 255,
  idempotencyMs: 24 * 60 * 60 * 1000,
  /** Remembered mint keys per product. */
  mintKeysPerProduct: 1_000,
  /** A request body, counted while it streams. */
  bodyBytes: 64 * 1024,
  /** What is read away of a refused body before its sender is hung up on. */
  discardedBytes: 16 * 1024 * 1024,
  /** JSON deeper than this is nobody's cart. */
  jsonDepth: 32,
  /** Minor units: below 2^53 even for 20 lines of 100 units. */
  priceMinorUnits: 99_999_999_99,
  /** What an answer says about a wrong field, however long the client's own words in it are. */
  detailLength: 200,
  nameLength: 200,
  descriptionLength: 2_000,
  /** The ledger stream of a sale is trimmed near this many entries. */
  ledgerEntries: 100_000,
  /** Overdue holds that one sweep script names; the sweep goes on until none is left or its rounds are over. */
  dueBatch: 200,
  sweepRounds: 500,
  /** Between two sweeps by the clock of a sale's next deadline; and the longest wait for one (setTimeout's own bound is 24 days). */
  alarmPauseMs: 100,
  alarmMostMs: 60 * 60_000,
  /** How many orders one sweep expires side by side. */
  expireConcurrency: 32,
  /** Orders read from MongoDB and placed into Redis at a time by reconcile and rebuild. */
  orderBatch: 500,
  /** Units a rebuild pushes in one script. */
  rebuildStockChunk: 5_000,
  /** A rebuilder that is silent for longer has lost its fence; its half-built keys die after this. */
  rebuildLeaseMs: 10_000,
  rebuildLeftoverMs: 10 * 60_000,
  /** Times a checkout starts again with a new id after it met tokens of a live order that Redis had forgotten. */
  reserveAttempts: 3,
  /** Repeats of a script whose declared keys turned out too few. */
  scriptAttempts: 8,
  /** Longest wait for one answer; a later one is "unknown". */
  redisCommandMs: 3_000,
  mongoOperationMs: 5_000,
  mongoServerSelectionMs: 3_000,
  /** Between two tries to reach a MongoDB that has not been reached yet. */
  reconnectMs: 500,
  /** What a 503 asks the client to wait. */
  retryAfterSeconds: 2,
  /** Page sizes. */
  listDefault: 100,
  listMax: 1_000,
  /** Orders inserted or carts read in one micro-batch. */
  batchSize: 200,
  /** Live updates: per sale and second at most four; idle connections hear a heartbeat; a slow reader is let go. */
  sseUpdateMs: 250,
  sseHeartbeatMs: 15_000,
  sseClientsPerProcess: 5_000,
  sseBufferedBytes: 64 * 1024,
  /** A worker not heard of for this long is stale (at least three sweeps). */
  heartbeatStaleMs: 30_000,
  /** Prices and windows may be this old when a page asks; checkouts re-read Redis's own copy of the window. */
  catalogMs: 1_000,
  /** While MongoDB cannot be asked, the catalog may be this old, and nobody waits longer than this to hear so. */
  catalogStaleMs: 60_000,
  catalogWaitMs: 500,
  /** Events tried again per sweep; alarm after this many failures. */
  inboxBatch: 200,
  paymentAttempts: 10,
  /** Signed webhooks older or younger than this are refused. */
  webhookToleranceSeconds: 300,
  /** Guests stay the same customer for half a year; an admin's pasted key opens the dashboard for a shift. */
  guestCookieSeconds: 180 * 24 * 60 * 60,
  adminCookieSeconds: 8 * 60 * 60,
  /** A stopping process lets running requests end. */
  drainMs: 8_000,
} as const;
