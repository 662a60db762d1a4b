import { expect, test } from 'vitest';
import { securityHeaders } from '#lib/http/headers.ts';

const plain = { https: false, stripe: false, developing: false };
const pages = (rules: Partial<typeof plain> = {}) => new Map(securityHeaders({ ...plain, ...rules }).page);
const policy = (rules: Partial<typeof plain> = {}) =>
  new Map(
    pages(rules)
      .get('content-security-policy')!
      .split('; ')
      .map((directive): [string, string[]] => [directive.split(' ')[0]!, directive.split(' ').slice(1)]),
  );

test('a page runs and loads what is the shop’s own, is framed by nobody, and sends its forms home', () => {
  const own = policy();
  expect(own.get('default-src')).toEqual(["'none'"]);
  for (const name of ['object-src', 'base-uri', 'frame-ancestors', 'frame-src', 'script-src-attr'])
    expect(own.get(name)).toEqual(["'none'"]);
  for (const [name, sources] of own)
    expect([name, sources.filter((source) => /https?:|\*|unsafe-eval/.test(source))]).toEqual([name, []]);
});

test('Stripe’s hosts are allowed only where its form needs them, and only with Stripe', () => {
  const [own, stripe] = [policy(), policy({ stripe: true })];
  const added = (name: string) => stripe.get(name)!.filter((source) => !own.get(name)!.includes(source));
  expect(added('script-src')).toEqual(['https://js.stripe.com', 'https://*.js.stripe.com']);
  expect(added('connect-src')).toEqual(['https://api.stripe.com']);
  expect(added('frame-src')).toContain('https://hooks.stripe.com');
  for (const name of ['img-src', 'style-src', 'form-action', 'frame-ancestors', 'default-src'])
    expect(added(name)).toEqual([]);
});

test('only a shop that is reached over https asks browsers to stay with it', () => {
  expect(pages().has('strict-transport-security')).toBe(false);
  expect(pages({ https: true }).get('strict-transport-security')).toMatch(/^max-age=\d{8}$/);
});

test('a guarded page runs only scripts with the nonce of its request, Stripe’s no more than others', () => {
  const strict = securityHeaders({ ...plain, stripe: true }).guardedPolicy('abc');
  expect(strict).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
  const withoutScripts = (policy: string) => policy.split('; ').filter((one) => !one.startsWith('script-src '));
  expect(withoutScripts(strict)).toEqual(withoutScripts(pages({ stripe: true }).get('content-security-policy')!));
});
