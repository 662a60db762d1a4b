import { randomUUID } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { networkOf, RATES, Rates } from '#lib/rates/index.ts';
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

test('a refused call costs nobody a point: no customer uses up what the others at their address have', async () => {
  const rates = new Rates((await world()).redis, true);
  const { points: office } = RATES.checkout.address;
  const busy = someone();
  expect(spend(rates, busy, points + office)).toBe(office);
  const neighbour = () => ({ ...someone(), address: busy.address });
  let admitted = 0;
  for (let i = 0; i < office / points; i++) admitted += points - spend(rates, neighbour(), points);
  expect(admitted).toBe(office - points);
  const late = neighbour();
  expect(rates.take('checkout', late)).toMatchObject({ name: 'checkout-address', points: office });
  expect(spend(rates, { ...late, address: randomUUID() }, points)).toBe(0);
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

test('whoever has a whole network of IPv6 has sixteen addresses’ points, and one address of it does not use them up', async () => {
  const rates = new Rates((await world()).redis, true);
  const { points } = RATES.guess.address;
  const prefix = `2001:db8:${(Date.now() % 65_536).toString(16)}`;
  const address = (n: number) => `${prefix}:${n.toString(16)}::/64`;
  for (let i = 0; i < points * 100; i++) rates.take('guess', { address: address(0) });
  for (let i = points; i < points * 16; i++)
    expect(rates.take('guess', { address: address(1 + Math.floor(i / (points - 1))) })).toBeUndefined();
  expect(rates.take('guess', { address: address(999) })).toMatchObject({ name: 'guess-network', points: points * 16 });
  expect(rates.take('guess', { address: '2001:db9:0:0::/64' })).toBeUndefined();
  expect(rates.take('guess', { address: '198.51.100.250' })).toBeUndefined();
});

test('only a neighbourhood of IPv6 has a network around it', () => {
  expect(networkOf('2001:db8:0:7::/64')).toBe('2001:db8:0::/48');
  for (const other of ['198.51.100.7', 'unknown', '', '2001:db8:0::/48', '2001:db8::/64'])
    expect(networkOf(other)).toBeUndefined();
});
