/** Why no way of finding a service worked, with what the operator can do about it. */
export class MissingService extends Error {
  /**
   * @param service what is accepted, in words: see lib/server-versions.ts
   * @param variable the environment variable that names one's own
   * @param attempts each way tried, with its reason
   */
  constructor(service: string, variable: string, attempts: readonly string[]) {
    super(
      [
        `No ${service} was found, and none could be fetched:`,
        ...attempts.map((attempt) => `  - ${attempt}`),
        'Do one of these, then start again:',
        `  - name your own: ${variable}=… npm start`,
        `  - install ${service} with your system's package manager, so that it is on PATH`,
        '  - where Docker runs: docker compose up (see docker-compose.yml)',
      ].join('\n'),
    );
    this.name = 'MissingService';
  }
}

/** The first line of what went wrong. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
}
