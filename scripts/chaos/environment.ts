/** Secrets of a shop that nobody reaches, for proofs that run the shop's code outside of a test runner. */
export const TEST_SECRETS = {
  ADMIN_API_KEY: 'test-admin-key-0123456789',
  NEXTAUTH_SECRET: 'test-nextauth-secret-0123456789',
  SANDBOX_WEBHOOK_SECRET: 'test-webhook-secret-0123456789',
  HOLDFAST_TEST: '1',
  LOG_LEVEL: 'silent',
};

/** The environment of the simulation, which connects to nothing. */
export const SIMULATION_ENVIRONMENT = {
  ...TEST_SECRETS,
  REDIS_URL: 'redis://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1',
};
