import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { newAccount } from '#lib/http/schemas.ts';
import { LIMITS } from '#lib/limits.ts';
import { holdfast } from '#lib/process.ts';
import { refuseToStart } from '#lib/shutdown.ts';

const USAGE = `npm run admin -- add EMAIL [--role admin|viewer] [--ask | --keep-password]
                               give a role; makes the account if there is none
npm run admin -- list          who has a role
npm run admin -- remove EMAIL  take the role away; the account stays a customer's

The password is made up and printed once; with --ask you type it. An account that is there already gets the new one too, since
anybody may have signed up with that address: --keep-password leaves it, for an account that you know to be theirs.
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    role: { type: 'string', default: 'admin' },
    ask: { type: 'boolean', default: false },
    'keep-password': { type: 'boolean', default: false },
  },
});
const [verb, address, ...more] = positionals;
const { role, ask, 'keep-password': keepPassword } = values;
const email = newAccount.shape.email.safeParse(address);

try {
  if (verb === 'list' && address === undefined) await list();
  else if (verb === 'remove' && email.success && more.length === 0) await remove(email.data);
  else if (verb === 'add' && email.success && more.length === 0 && isRole(role) && !(ask && keepPassword))
    await add(email.data, role);
  else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  refuseToStart(error);
}

function isRole(text: string): text is 'admin' | 'viewer' {
  return text === 'admin' || text === 'viewer';
}

async function add(who: string, as: 'admin' | 'viewer'): Promise<void> {
  const password = ask ? await asked() : randomBytes(15).toString('base64url');
  const { data } = newAccount.shape.password.safeParse(password);
  if (data === undefined) {
    process.stderr.write(`A password has ${LIMITS.passwordLeast} to ${LIMITS.passwordMost} characters.\n`);
    process.exitCode = 2;
    return;
  }
  const { status } = await withShop((shop) =>
    shop.accounts.appoint({ email: who, password: data, role: as }, { keepPassword }),
  );
  if (status !== 'made') say('There was an account already; its sessions have ended.');
  if (status === 'kept') say(`${who} is ${as} now, with the password that it had.`);
  else say(`${who} is ${as} now. Password${ask ? ': the one you typed' : `, shown this once: ${data}`}`);
}

async function list(): Promise<void> {
  const staff = await withShop((shop) => shop.accounts.users.staff());
  for (const { email: who, role: as, demo } of staff) say(`${as.padEnd(6)}  ${who}${demo ? '  (demo)' : ''}`);
  if (staff.length === 0) say('Nobody has a role yet: npm run admin -- add EMAIL');
}

async function remove(who: string): Promise<void> {
  const found = await withShop((shop) => shop.accounts.users.setRole(who, 'customer'));
  say(found ? `${who} has no role any more; its sessions have ended.` : `There is no account ${who}.`);
  if (!found) process.exitCode = 1;
}

async function withShop<T>(work: (shop: ReturnType<typeof holdfast>) => Promise<T>): Promise<T> {
  const shop = holdfast();
  await shop.boot(); // two e-mail addresses alike must be impossible before the first account is made
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}

/** Read a line without showing it. */
async function asked(): Promise<string> {
  process.stderr.write('Password: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, written) => written() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY ?? false });
  const line = await lines.question('');
  lines.close();
  process.stderr.write('\n');
  return line;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
