import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';

export interface Person {
  email: string;
  password: string;
}

export const newcomer = (): Person => ({ email: `${randomUUID()}@shop.example`, password: 'correct horse battery' });

const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

/** Fill in /signup once it is there: /signin has a field of the same name. */
export async function signUp(page: Page, { email, password }: Person): Promise<void> {
  await expect(title(page, 'Make an account')).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Make an account' }).click();
}

/** Fill in /signin once it is there. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await expect(title(page, 'Sign in')).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export type StaffRole = 'admin' | 'viewer';

/** An account that the operator has given a role on the command line of the shop under test. */
export async function appointStaff(role: StaffRole): Promise<Person> {
  const { email } = newcomer();
  const env = {
    ...process.env,
    ADMIN_API_KEY: process.env.E2E_ADMIN_KEY,
    NEXTAUTH_SECRET: 'a-long-enough-secret-of-the-browser-tests',
    SANDBOX_WEBHOOK_SECRET: 'a-webhook-secret-of-the-browser-tests',
  };
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['scripts/admin.ts', 'add', email, '--role', role], { env });
  const password = /shown this once: (\S+)/.exec(stdout)?.[1];
  if (!password) throw new Error(stdout);
  return { email, password };
}
