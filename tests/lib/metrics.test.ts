import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { metrics } from '#lib/http/metrics.ts';
import { freshSale, world } from '#tests/support/world.ts';

test('however many ask for the figures at once, each answer has all of them, and there is one look at a time', async () => {
  const shop = await world();
  const { saleId, productIds } = await freshSale(shop, { units: [3] });
  await shop.models.alarms.create({
    _id: `captureStuck:${randomUUID()}`,
    kind: 'captureStuck',
    subject: randomUUID(),
    detail: 'a test',
    open: true,
    raisedAt: new Date(),
  });
  const counts = vi.spyOn(shop.alarms, 'counts');
  const asked: Promise<Response>[] = [];
  for (let i = 0; i < 100; i++) {
    asked.push(metrics(shop));
    await nextTurn(); // each comes while others are being answered
  }
  for (const answer of await Promise.all(asked)) {
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toContain('holdfast_open_alarms{kind="captureStuck"} 1');
    expect(text).toContain('process_resident_memory_bytes');
    for (const [state, units] of [
      ['free', 3],
      ['held', 0],
      ['sold', 0],
    ])
      expect(text).toContain(`holdfast_units{sale="${saleId}",product="${productIds[0]}",state="${state}"} ${units}`);
  }
  expect(counts.mock.calls.length).toBeLessThan(asked.length / 2);
  const before = counts.mock.calls.length;
  await metrics(shop);
  expect(counts.mock.calls.length, 'who asks later is told what is true then').toBe(before + 1);
  counts.mockRestore();
});

test('a look that fails is nobody’s for ever', async () => {
  const shop = await world();
  const away = vi.spyOn(shop.catalog, 'sales').mockRejectedValueOnce(new Error('away'));
  await expect(metrics(shop)).rejects.toThrow('away');
  expect(await (await metrics(shop)).text()).toContain('holdfast_units');
  away.mockRestore();
});
