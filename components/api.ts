import { sampleServerClock } from '#components/clock/server-clock.ts';
import type { ErrorCode, Problem } from '#lib/contract.ts';

const TIMEOUT_MS = 10_000;

/** Why a call did not do what was asked. `UNREACHABLE`: no answer came, so it may or may not have happened. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly code: ErrorCode | 'UNREACHABLE';
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null, retryAfterMs: number | null) {
    super(problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
    this.code = problem?.code ?? (status === 0 ? 'UNREACHABLE' : status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE');
  }

  /** The same request may be sent again: nothing was decided. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * Ask the shop's API; every answer that carries the server's time corrects the clock.
 * @throws {ApiProblem} for every answer but 2xx, and when none came
 */
export async function call<Answer>(path: string, { method = 'GET', body, headers }: Call = {}): Promise<Answer> {
  const sentAt = performance.now();
  const response = await fetch(path, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new ApiProblem(0, null, null);
  });
  const arrivedAt = performance.now();
  const answer: unknown = await response.json().catch(() => null);
  if (hasServerTime(answer)) sampleServerClock(answer.serverTime, sentAt, arrivedAt);
  if (!response.ok) throw new ApiProblem(response.status, isProblem(answer) ? answer : null, retryAfterMs(response));
  return answer as Answer;
}

function hasServerTime(answer: unknown): answer is { serverTime: string } {
  return (
    typeof answer === 'object' && answer !== null && 'serverTime' in answer && typeof answer.serverTime === 'string'
  );
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'string';
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
}
