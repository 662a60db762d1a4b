import { randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { RATES, Rates } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { until } from '#tests/support/until.ts';
import { world } from '#tests/support/world.ts';

afterEach(() => {
  vi.useRealTimers();
});

const { points, windowSeconds } = RATES.checkout.customer;
const someone = () => ({ customer: `guest-${randomUUID()}`, address: randomUUID() });
const spend = (rates: Rates, caller: ReturnType<typeof someone>, times: number) =>
  Array.from({ length: times }, () => rates.take('checkout', caller)).filter(Boolean).length;

test('a caller has so many points and not one more; another caller has their own', async () => {
  const rates = new Rates((await world()).redis, true);
  const one = someone();
  expect(spend(rates, one, points)).toBe(0);
  expect(rates.take('checkout', one)).toMatchObject({ name: 'checkout-customer', points, windowSeconds });
  expect(rates.look('checkout', one)?.retryAfterSeconds).toBeLessThanOrEqual(windowSeconds);
  expect(rates.take('checkout', { ...one, customer: 'guest-other' })).toBeUndefined();
});

test('what one kind of call has used up costs no other kind a point', async () => {
  const rates = new Rates((await world()).redis, true);
  const one = someone();
  for (let i = 0; i <= RATES.read.customer.points; i++) rates.take('read', one);
  expect(rates.take('read', one)).toBeDefined();
  expect(rates.take('checkout', one)).toBeUndefined();
  expect(rates.take('payment', one)).toBeUndefined();
});

test('processes learn of each other what a caller has spent, and who calls seldom leaves nothing in Redis', async () => {
  const { redis } = await world();
  const [first, second] = [new Rates(redis, true), new Rates(redis, true)];
  const [busy, quiet] = [someone(), someone()];
  spend(first, busy, points);
  await until(async () => Number(await redis.get(`${keys.rate('checkout-customer')}:${busy.customer}`)) === points, {
    what: 'Redis knows',
  });
  const admitted = await until(
    () => {
      second.take('checkout', busy);
      return second.look('checkout', busy);
    },
    { what: 'the second process refuses' },
  );
  expect(admitted.retryAfterSeconds).toBeGreaterThan(0);
  expect(second.take('checkout', quiet)).toBeUndefined();
  expect(await redis.keys(`${keys.rate('checkout-customer')}:${quiet.customer}`)).toEqual([]);
  expect(await redis.ttl(`${keys.rate('checkout-customer')}:${busy.customer}`)).toBeGreaterThan(0);
});

test('when the window is over there are points again', async () => {
  const { redis } = await world();
  vi.useFakeTimers({ toFake: ['performance'] });
  const rates = new Rates(redis, true);
  const one = someone();
  spend(rates, one, points);
  expect(rates.take('checkout', one)).toBeDefined();
  vi.advanceTimersByTime(windowSeconds * 1_000 + 1);
  expect(rates.take('checkout', one)).toBeUndefined();
});

test('without Redis a process goes on with its own count, at once', async () => {
  const { redis } = await world();
  const away = redis.duplicate({ lazyConnect: true, port: 1 });
  away.on('error', () => {});
  const rates = new Rates(away, true);
  const one = someone();
  expect(spend(rates, one, points + 5)).toBe(5);
  away.disconnect();
});

test('an office of a thousand shoppers has the points to buy in one minute, each with a repeat', () => {
  for (const { address } of [RATES.checkout, RATES.payment, RATES.live])
    expect(address.points).toBeGreaterThanOrEqual(2_000);
  expect(RATES.page.address.points).toBeGreaterThanOrEqual(5_000);
  expect(RATES.read.address.points).toBeGreaterThanOrEqual(1_000 * 15 * 2); // two pages without live updates each
});

test('switched off, nobody is counted', async () => {
  const rates = new Rates((await world()).redis, false);
  expect(spend(rates, someone(), 10 * points)).toBe(0);
});
