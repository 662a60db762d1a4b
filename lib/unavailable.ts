import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';

const MONGO = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoOperationTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoWriteConcernError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongooseServerSelectionError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
  'MongoRuntimeError',
]);
/** Not primary, shutting down, interrupted, exceeded a time limit, majority lost: the server's own transient codes. */
const MONGO_CODES = new Set([6, 7, 50, 64, 89, 91, 100, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const REDIS =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|BUSY|NOREPLICAS|MISCONF|UNBLOCKED|ERR .*server is shutting down)/;
const REDIS_CLIENT =
  /Connection is closed|Command timed out|Stream isn't writeable|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|max retries per request|Connection lost/i;
const MONGOOSE =
  /initial connection is complete|Client must be connected|Connection was force closed|connection .* closed/i;

/**
 * Whether an error means that Redis, MongoDB or the bank could not be asked, so that nobody knows whether the step happened:
 * the caller says 503 and may try again. Anything else is a fault of ours.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errorResponse } = error as { code?: unknown; errorResponse?: unknown };
  if (MONGO.has(error.name) || (typeof code === 'number' && MONGO_CODES.has(code))) return true;
  if (
    error.name === 'MaxRetriesPerRequestError' ||
    error.name === 'ClusterAllFailedError' ||
    error.name === 'ProviderUnavailableError' ||
    error.name === 'UnsettledError' ||
    error.name === 'TooBusyError'
  )
    return true;
  if (typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code)) return true;
  if (error.name === 'MongooseError' && MONGOOSE.test(error.message)) return true;
  return (
    REDIS.test(error.message) ||
    REDIS_CLIENT.test(error.message) ||
    (errorResponse instanceof Error && isUnavailable(errorResponse)) || // how a bulk write wraps a lost connection
    (error.cause !== undefined && isUnavailable(error.cause))
  );
}

/**
 * Do a step of starting up, again and again while Redis or MongoDB cannot be asked. Any other error is thrown.
 * @param what the step, for the log
 */
export async function patiently(what: string, step: () => Promise<void>): Promise<void> {
  for (let said = false; ; said = true) {
    try {
      return await step();
    } catch (err) {
      if (!isUnavailable(err)) throw err;
      if (!said) log().warn({ err }, `${what}: Redis or MongoDB is away; trying until they answer`);
      await new Promise((resolve) => setTimeout(resolve, LIMITS.reconnectMs));
    }
  }
}
