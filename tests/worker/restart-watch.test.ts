import { expect, test, vi } from 'vitest';
import { world } from '#tests/support/world.ts';
import { RestartWatch } from '#worker/restart-watch.ts';

test('a restart of Redis is repaired until a repair succeeds, once', async () => {
  const { redis, models } = await world();
  const identity = (run: string) => `run_id:${run}\r\nmaster_replid:${run}\r\n`;
  const info = vi.spyOn(redis, 'info');
  const watch = new RestartWatch(redis, models);
  const repair = vi.fn(async (_done: Set<string>) => {});

  info.mockResolvedValue(identity('first'));
  await Promise.all([watch.look(repair), new RestartWatch(redis, models).look(repair)]);
  await watch.look(repair);
  expect(repair, 'nothing happened yet').not.toHaveBeenCalled();

  info.mockResolvedValue(identity('second'));
  repair.mockImplementationOnce(async (done) => {
    done.add('a sale');
    throw new Error('Redis went away again');
  });
  await expect(watch.look(repair)).rejects.toThrow();
  await watch.look(repair);
  expect(repair.mock.lastCall, 'and goes on where it was').toEqual([new Set(['a sale'])]);
  expect(repair).toHaveBeenCalledTimes(2);
  await watch.look(repair);
  expect(repair).toHaveBeenCalledTimes(2);

  info.mockResolvedValue(identity('third'));
  const other = new RestartWatch(redis, models);
  await other.look(repair);
  expect(repair.mock.lastCall, 'a new run is repaired from the start').toEqual([new Set()]);
  expect(repair, 'a restart while no worker ran').toHaveBeenCalledTimes(3);
  expect(await models.auditLog.countDocuments(), 'three runs of Redis are on record, however many looked').toBe(3);
  info.mockRestore();
});
