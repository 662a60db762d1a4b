import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeLogger } from '#lib/log.ts';

/** What a logger writes for one event: the raw line. */
function written(...event: [object | string, string?]): string {
  let text = '';
  makeLogger('info', {
    write(line) {
      text += line;
    },
  }).info(...(event as [object, string]));
  return text;
}

const SECRETS = {
  cookie: 'holdfast-guest=guest-1.c2VjcmV0',
  admin: 'Bearer s3cr3t-admin-key',
  bank: 't=1700000000,v1=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  redis: 'redis://shop:hunter2@cache.example:6379/0',
  mongo: 'mongodb+srv://shop:hunter2@db.example/holdfast?retryWrites=true',
  mail: 'ada.lovelace+shop@mail.example.org',
  stripe: 'sk_live_51HxSecretSecret',
  query: '/orders?key=hunter2&token=s3cr3t&page=2',
};
const NAKED = ['c2VjcmV0', 's3cr3t', '0123456789abcdef', 'hunter2', 'lovelace', '51HxSecret'];

test('no secret is logged: not by name, not within a text, not in an error, its cause or its members', () => {
  const error = Object.assign(new Error(`cannot reach ${SECRETS.redis} for ${SECRETS.mail}`), {
    url: SECRETS.mongo,
    cause: new Error(SECRETS.admin),
    document: { email: SECRETS.mail, password: 'hunter2' },
  });
  const lines = [
    written({ headers: { cookie: SECRETS.cookie, authorization: SECRETS.admin, 'holdfast-signature': SECRETS.bank } }),
    written({ deep: { list: [SECRETS.mail, { set: `a=b; ${SECRETS.cookie}; ${SECRETS.stripe}` }] } }),
    written({ err: error }, `failed for ${SECRETS.mail}`),
    written(error),
    written(`${SECRETS.query} ${SECRETS.bank} ${SECRETS.mongo}`),
    written({ path: SECRETS.query, adminApiKey: 's3cr3t', session: 's3cr3t' }),
  ];
  for (const line of lines) for (const secret of NAKED) expect(line).not.toContain(secret);
  expect(lines[2]).toContain('cache.example');
  expect(lines[4]).toContain('page=2');
});

test('one event is one line, whatever it carries, and a terminal obeys none of it', () => {
  const forged = 'x\r\n{"level":60,"msg":"forged"}\u001b[2J\u001b]0;title\u0007\u202egnp\u2028\u0000';
  for (const line of [written({ path: forged, [forged]: forged }), written(forged), written(new Error(forged))]) {
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(line.endsWith('\n')).toBe(true);
    expect(line).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\\u001b/u);
    expect(JSON.parse(line)).toMatchObject({ level: 30 });
  }
});

test('a megabyte of user agent is cut, and so is a thing of a thousand members or levels', () => {
  expect(written({ agent: 'a'.repeat(1_000_000) }).length).toBeLessThan(3_000);
  expect(
    written({ wide: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`m${i}`, 'x'.repeat(5_000)])) }).length,
  ).toBeLessThan(100_000);
  let deep: object = {};
  for (let i = 0; i < 1_000; i++) deep = { deep };
  expect(written(deep).length).toBeLessThan(1_000);
  const long = new Error('m'.repeat(1_000_000));
  expect(written(long).length).toBeLessThan(20_000);
});

test('what an operator needs is still there', () => {
  const line = JSON.parse(
    written({ token: 'mug-17', orderId: 'o1', seen: 3, at: new Date(0), err: new TypeError('broken') }, 'sold twice'),
  );
  expect(line).toMatchObject({
    msg: 'sold twice',
    token: 'mug-17',
    orderId: 'o1',
    seen: 3,
    at: '1970-01-01T00:00:00.000Z',
    err: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('log.test.ts') },
  });
});

test('what Node warns of is a line of the log like any other, and nothing beside it', async () => {
  const program = `
    import { logConsole } from '#lib/log.ts';
    logConsole();
    process.emitWarning('a cup leaks', { type: 'CupWarning', code: 'CUP', detail: 'near the handle' });
    process.emitWarning('old', 'DeprecationWarning', 'DEP9999');
    for (let i = 0; i < 11; i++) process.on('cup', () => {});
  `;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, LOG_LEVEL: 'info' },
  });
  expect(stderr).toBe('');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({ level: 40, msg: 'a cup leaks', err: { code: 'CUP' } });
  expect(lines.map(({ msg }) => msg).join()).toContain('11 cup listeners added');
});
