'use client';

import useSWR, { type SWRConfiguration, type SWRResponse } from 'swr';
import { type ApiProblem, call } from '#components/api.ts';

const SLOWEST_RETRY_MS = 15_000;

/** `base` and up to half as much again, so that a crowd does not ask in step. */
export const jittered = (baseMs: number) => baseMs + Math.random() * baseMs * 0.5;

/** What a GET of the API answers, kept fresh; null asks nothing. Passing failures are tried again by themselves, refusals are not. */
export function useApi<Answer>(
  path: string | null,
  options: SWRConfiguration<Answer, ApiProblem> = {},
): SWRResponse<Answer, ApiProblem> {
  return useSWR<Answer, ApiProblem>(path, (asked: string) => call<Answer>(asked), {
    dedupingInterval: 1_000,
    focusThrottleInterval: 2_000,
    onErrorRetry(problem, _path, _config, revalidate, { retryCount }) {
      if (!problem.passing) return;
      const wait = problem.retryAfterMs ?? Math.min(1_000 * 2 ** (retryCount - 1), SLOWEST_RETRY_MS);
      setTimeout(() => revalidate({ retryCount }), jittered(wait));
    },
    ...options,
  });
}
