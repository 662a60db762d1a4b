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
  /** Of the whole shop: each process knows them all. */
  sales: 10_000,
  products: 100_000,
  /** The longest hold or extension: a day. */
  holdSecondsMost: 86_400,
  /** Idempotency keys: Stripe's length; remembered a day in Redis, for ever in MongoDB. */
  keyLength: 255,
  idempotencyMs: 24 * 60 * 60 * 1000,
  /** Remembered mint keys per product. */
  mintKeysPerProduct: 1_000,
  /** A request body, counted while it streams. */
  bodyBytes: 64 * 1024,
  /** What is read away of a refused body before its sender is hung up on. */
  discardedBytes: 16 * 1024 * 1024,
  /** Within these a request's headers, and all of it, must have come; how often that is looked at; how long a connection may idle. */
  headersMs: 10_000,
  requestMs: 30_000,
  connectionCheckMs: 5_000,
  keepAliveMs: 65_000,
  /** JSON deeper than this is nobody's cart. */
  jsonDepth: 32,
  /** Minor units: below 2^53 even for 20 lines of 100 units. */
  priceMinorUnits: 99_999_999_99,
  /** 100 %: the tax may be as much as the price without it. */
  taxBasisPoints: 10_000,
  /** What an answer says about a wrong field, however long the client's own words in it are. */
  detailLength: 200,
  nameLength: 200,
  /** Delivery details: lines that a parcel label holds. */
  deliveryLineLength: 120,
  postalCodeLength: 16,
  /** A shopper may mend an order's delivery details for this long after it was paid: before a parcel is likely on its way. */
  deliveryChangeMs: 2 * 60 * 60_000,
  descriptionLength: 2_000,
  /** The ledger stream of a sale is trimmed near this many entries. */
  ledgerEntries: 100_000,
  /** Overdue holds that one sweep script names; the sweep goes on until none is left or its rounds are over. */
  dueBatch: 200,
  sweepRounds: 500,
  /** Sales that a worker sweeps or reconciles side by side. */
  salesAtOnce: 8,
  /** Between two sweeps by the watch for a sale's next deadline; and the longest wait for one (setTimeout's own bound is 24 days). */
  deadlineWatchPauseMs: 100,
  deadlineWatchMostMs: 60 * 60_000,
  /** Holds of one sale that a customer may let go unpaid before they wait: a changed mind, a slow bank, and one more. */
  holdsBeforeWait: 3,
  holdsBeforeWaitMost: 1_000,
  /** That wait, doubled with each further unpaid hold up to the longest; without unpaid holds for so long all is forgotten. */
  holdWaitMs: 30_000,
  holdWaitMostMs: 5 * 60_000,
  unpaidHoldsMs: 30 * 60_000,
  /** How many orders one sweep expires side by side. */
  expireConcurrency: 32,
  /** Expired events that wait for their turn; those that come meanwhile are left to the sweep. */
  expiredWaiting: 1_000,
  /** Orders read from MongoDB and placed into Redis at a time by reconcile and rebuild. */
  orderBatch: 500,
  /** What the minutely reconcile looks at order by order: PAID orders of three minutes, and no more than so many. */
  paidLatelyMs: 3 * 60_000,
  paidLatelyOrders: 20_000,
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
  /** Streams told of a change before whatever else waits for the process has its turn. */
  sseToldAtOnce: 50,
  sseClientsPerProcess: 5_000,
  /** Of those at most so many of one address (a thousand shoppers with two tabs) and of one customer (tabs). */
  sseClientsPerAddress: 2_000,
  sseClientsPerCustomer: 20,
  sseBufferedBytes: 64 * 1024,
  /** Connections of one process: all live streams, and as many that do something else. Past them none is accepted. */
  connectionsPerProcess: 10_000,
  /** Of those at most so many of one address: a thousand shoppers with five each. */
  connectionsPerAddress: 5_000,
  /** A connection on which nothing moves for so long, while an answer is due, is cut: four heartbeats of a live stream. */
  connectionSilentMs: 60_000,
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
  /** Longest pause between two tries of a payment step; of an event, which a hold may be waiting for. */
  paymentPauseMs: 5 * 60_000,
  eventPauseMs: 30_000,
  /** Payments that a worker decides, gives back, captures or looks at side by side. */
  paymentsAtOnce: 16,
  /** Looks at a begun payment until a human is asked: about a day of them. */
  paymentLooks: 300,
  /** A begun payment that a worker has taken up is left alone by the others for this long. */
  paymentLeaseMs: 30_000,
  /** When the provider is asked about a payment of which no event has come: this long before the deadline, and again. */
  lookBeforeMs: 10_000,
  lastLookBeforeMs: 2_000,
  /** Of a PAID order it is asked once more, whether there was a second payment: this long after the deadline, in calm times. */
  siblingLookMs: 60_000,
  /** Longest wait for an answer of the bank's process, and how many payments one answer lists. */
  bankCallMs: 5_000,
  bankPage: 500,
  /**
   * The bank's own webhooks: tried for about two days, at most this long apart, so many at once, with this long for an answer;
   * how often it looks for due ones.
   */
  bankWebhookAttempts: 64,
  bankWebhookPauseMs: 60 * 60_000,
  bankWebhooksAtOnce: 16,
  bankWebhookMs: 10_000,
  bankLookMs: 200,
  /** Copies of one webhook that the bank may be told to send at once. */
  bankWebhookCopies: 100,
  /** Signed webhooks older or younger than this are refused. */
  webhookToleranceSeconds: 300,
  /** One try of a call to the payment provider, and how often it is tried again: together less than a page waits for an answer. */
  providerCallMs: 4_000,
  providerRetries: 1,
  /** Payments read of one order, when its payment's id is not known. */
  providerSearch: 10,
  /** Refunds read of one payment; and how long one that the provider has accepted, and not carried out yet, is left alone. */
  providerRefunds: 100,
  refundPendingMs: 60 * 60_000,
  /** Guests stay the same customer for half a year. */
  guestCookieSeconds: 180 * 24 * 60 * 60,
  /** Their carts and delivery details are deleted so long after the last change: a day after the last cookie that opens them. */
  guestForgottenSeconds: 181 * 24 * 60 * 60,
  /** A session ends after a shift, however busy it is; an account has this many at once, and the oldest gives way. */
  sessionSeconds: 8 * 60 * 60,
  sessionsPerAccount: 20,
  /** How long a process believes what it knows of an account, and of how many; a cookie of ours is far shorter. */
  sessionCacheMs: 10_000,
  sessionsCached: 10_000,
  sessionCookieLength: 4_000,
  /** Guests with orders, carts or delivery details that one account may have been; and of how many guests a process knows whether they were. */
  guestsPerAccount: 100,
  guestsCached: 100_000,
  /** E-mail addresses (RFC 5321), and passwords: long enough to be no guess, short enough to be no attack. */
  emailLength: 254,
  passwordLeast: 10,
  passwordMost: 128,
  /** Argon2id takes 19 MiB and one of Node's four threads each: three leave room. Those who sign up never stand before those who sign in; past a queue: 503. */
  passwordsCheckedAtOnce: 2,
  passwordsMadeAtOnce: 1,
  passwordsWaiting: 100,
  /**
   * Wrong passwords before the first wait, within a window; each further wait within a day is twice as long, up to the longest.
   * Many people share an address, so it waits late; an account waits shortly, since its owner may be the one who is kept out.
   */
  passwordTries: {
    accountFromAddress: { free: 5, windowSeconds: 15 * 60, firstWaitSeconds: 15, longestWaitSeconds: 15 * 60 },
    account: { free: 20, windowSeconds: 15 * 60, firstWaitSeconds: 15, longestWaitSeconds: 5 * 60 },
    address: { free: 500, windowSeconds: 60 * 60, firstWaitSeconds: 60, longestWaitSeconds: 60 * 60 },
    network: { free: 5_000, windowSeconds: 60 * 60, firstWaitSeconds: 60, longestWaitSeconds: 60 * 60 },
  },
  /** Whoever has signed in from an address is not kept out there by guesses from others for this long. */
  signedInFromSeconds: 30 * 24 * 60 * 60,
  passwordWaitsSeconds: 24 * 60 * 60,
  /** Orders and carts that an account's export reads at a time, and in all. */
  exportPage: 500,
  exportPages: 20,
  /** Exports that wait while a process makes another one; past this: 503. */
  exportsWaiting: 20,
  /** Callers that a process counts at a time, for each rate of lib/rates/table.ts; past this the oldest begins anew. */
  rateKeys: 100_000,
  /**
   * With WEB_CONCURRENCY: a web process that ends before it has listened for shortLifeMs failed to start. The pause before the
   * next start doubles, and after so many failures in a row (about a minute) the shop ends, unless another process serves.
   */
  webRestart: { shortLifeMs: 10_000, firstPauseMs: 500, longestPauseMs: 30_000, attempts: 8 },
  /** A stopping process lets running requests end. */
  drainMs: 8_000,
} as const;
