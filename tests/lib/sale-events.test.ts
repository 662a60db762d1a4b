import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { SaleEvents } from '#lib/live/index.ts';
import { keys } from '#lib/redis/keys.ts';

/** Live updates of a sale that looks as the test says, over a subscriber that the test is. */
function watched(look: () => object | Promise<object>) {
  let subscribed = () => {};
  const connection = new EventEmitter();
  const subscriber = Object.assign(connection, {
    subscribe: () => new Promise<void>((resolve) => (subscribed = resolve)),
    unsubscribe: async () => {},
  });
  const live = { look: async () => ({ answer: await look(), nowMs: 0 }) };
  const events = new SaleEvents(subscriber as never, { sale: async () => ({}) } as never, live as never, false);
  const reader = () => {
    const stream = events.stream('a-sale', { customer: '', address: '' }, new AbortController().signal);
    return (stream as ReadableStream<Uint8Array>).getReader();
  };
  const changed = () => connection.emit('message', keys.changes('a-sale'));
  return { events, reader, connection, change: () => subscribed(), changed };
}

test('a change that comes between the first look and the subscription is not lost', async () => {
  let available = 2;
  const { events, reader, change } = watched(() => ({ available }));
  const mine = reader();
  const next = async () => new TextDecoder().decode((await mine.read()).value);
  expect(await next()).toContain('retry:');
  expect(await next()).toContain('"available":2');
  available = 1;
  change();
  expect(await next()).toContain('"available":1');
  events.close();
});

test('a change that comes while the subscription is lost is told when it is there again', async () => {
  let available = 2;
  const { events, reader, connection, change } = watched(() => ({ available }));
  const mine = reader();
  const next = async () => new TextDecoder().decode((await mine.read()).value);
  expect(await next()).toContain('retry:');
  expect(await next()).toContain('"available":2');
  change();
  expect(await next()).toContain('"available":2');
  available = 1;
  connection.emit('ready');
  change();
  expect(await next()).toContain('"available":1');
  events.close();
});

test('while a crowd is told of a change, whatever else waits for the process has its turn', async () => {
  const { events, reader, change } = watched(() => ({ available: 1 }));
  const crowd = Array.from({ length: LIMITS.sseToldAtOnce * 10 }, reader);
  for (const one of crowd) expect(new TextDecoder().decode((await one.read()).value)).toContain('retry:');
  for (const one of crowd) await one.read();
  let told = 0;
  const hearing = crowd.map((one) => one.read().then(() => (told += 1)));
  change();
  while (told === 0) await nextTurn();
  expect(told).toBeLessThanOrEqual(LIMITS.sseToldAtOnce * 2);
  await Promise.all(hearing);
  events.close();
});

/** Read on and on. @returns the units available that each was told of, as they come */
function hear(crowd: ReturnType<ReturnType<typeof watched>['reader']>[]): number[][] {
  return crowd.map((one) => {
    const heard: number[] = [];
    const listen = async () => {
      for (let { value } = await one.read(); value; { value } = await one.read()) {
        const available = /"available":(\d+)/.exec(new TextDecoder().decode(value))?.[1];
        if (available) heard.push(Number(available));
      }
    };
    void listen();
    return heard;
  });
}

/** Time goes on only when the test says so. */
function ownClock(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms) => vi.advanceTimersByTime(ms);
}

/** Nothing here waits for more than the next turn of the event loop. */
async function turnsUntil(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 1_000) throw new Error(`not within 1,000 turns: ${condition}`);
    await nextTurn();
  }
}

test('what changes while a crowd is told is told once, after all have heard what was before', async () => {
  let looks = 0;
  const { events, reader, change, changed } = watched(() => ({ available: ++looks }));
  const pass = ownClock();
  const heard = hear(Array.from({ length: LIMITS.sseToldAtOnce * 10 }, reader));
  const told = (times: number) => heard.filter(({ length }) => length >= times).length;
  await turnsUntil(() => told(1) === heard.length);
  const first = looks;
  change();
  await nextTurn();
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => told(2) > 0);
  expect(told(2)).toBeLessThan(heard.length);
  while (told(2) < heard.length) {
    changed();
    pass(LIMITS.sseUpdateMs * 2);
    await nextTurn();
    expect(looks).toBe(first + 1);
  }
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => told(3) === heard.length);
  for (let i = 0; i < 20; i++) {
    pass(LIMITS.sseUpdateMs);
    await nextTurn();
  }
  expect(looks).toBe(first + 2);
  for (const [, ...news] of heard) expect(news).toEqual([first + 1, first + 2]);
  events.close();
});

test('whoever has heard the new state does not hear an older one that was looked up more slowly', async () => {
  const looks: ((available: number) => void)[] = [];
  const { events, reader, change, changed } = watched(
    () => new Promise((resolve) => looks.push((available) => resolve({ available }))),
  );
  const pass = ownClock();
  const [heard] = hear([reader()]) as [number[]];
  await turnsUntil(() => looks.length === 1);
  change();
  await nextTurn();
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => looks.length === 2);
  looks[1]!(2);
  await turnsUntil(() => heard.length === 1);
  looks[0]!(1);
  changed();
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => looks.length === 3);
  looks[2]!(3);
  await turnsUntil(() => heard.includes(3));
  expect(heard).toEqual([2, 3]);
  events.close();
});

test('a change whose look fails is told without another change, and nobody looks on for who has left', async () => {
  let looks = 0;
  let fails = false;
  const { events, reader, changed, change } = watched(() => {
    looks += 1;
    if (fails) throw new Error('away');
    return { available: looks };
  });
  const pass = ownClock();
  const [heard] = hear([reader()]) as [number[]];
  await turnsUntil(() => heard.length === 1);
  change();
  await nextTurn();
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => heard.length === 2);
  fails = true;
  changed();
  for (let tries = 1; tries <= 3; tries++) {
    for (let i = 0; i < 5; i++) await nextTurn();
    expect(looks).toBe(1 + tries); // once in each LIMITS.sseUpdateMs
    pass(LIMITS.sseUpdateMs);
    await nextTurn();
  }
  fails = false;
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => heard.length === 3);
  fails = true;
  changed();
  pass(LIMITS.sseUpdateMs);
  await nextTurn();
  const before = looks;
  events.close();
  for (let i = 0; i < 5; i++) {
    pass(LIMITS.sseUpdateMs);
    await nextTurn();
  }
  expect(looks).toBe(before);
});

test('whoever comes while the sale cannot be looked at is told when it can', async () => {
  let fails = true;
  const { events, reader } = watched(() => {
    if (fails) throw new Error('away');
    return { available: 7 };
  });
  const pass = ownClock();
  const [heard] = hear([reader()]) as [number[]];
  for (let i = 0; i < 5; i++) {
    pass(LIMITS.sseUpdateMs);
    await nextTurn();
  }
  expect(heard).toEqual([]);
  fails = false;
  pass(LIMITS.sseUpdateMs);
  await turnsUntil(() => heard.length === 1);
  expect(heard).toEqual([7]);
  events.close();
});
