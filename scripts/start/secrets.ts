import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the shop does not start without, besides its databases. */
export const SECRETS = ['ADMIN_API_KEY', 'NEXTAUTH_SECRET', 'SANDBOX_WEBHOOK_SECRET'] as const;

const SECRET_BYTES = 32;

/**
 * Write `.env.local` with fresh random secrets, readable by its owner only, unless there is one: then it is the
 * operator's and never touched.
 * @returns whether it was written
 */
export function writeSecretsOnce(root: string): boolean {
  const lines = [
    '# Written by the first `npm start`; yours to change. It is never committed and never overwritten.',
    ...SECRETS.map((name) => `${name}=${randomBytes(SECRET_BYTES).toString('base64url')}`),
    '# 1 fills an empty database with a demo shop and lets in its accounts, whose passwords are public.',
    '# Take it out before you sell anything.',
    'DEMO=1',
    '',
  ];
  try {
    writeFileSync(path.join(root, '.env.local'), lines.join('\n'), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (existsSync(path.join(root, '.env.local'))) return false;
    throw error;
  }
}

/** The secrets that an environment lacks. Fill them from `.env.local` first. */
export function missingSecrets(environment: Record<string, string | undefined>): string[] {
  return SECRETS.filter((name) => !environment[name]);
}
