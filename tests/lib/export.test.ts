import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { TooBusyError } from '#lib/accounts/index.ts';
import { exportOf } from '#lib/http/account.ts';
import { LIMITS } from '#lib/limits.ts';
import { world } from '#tests/support/world.ts';

test('a process makes one export at a time; of those who wait too many are told to come back, and the others get theirs', async () => {
  const shop = await world();
  const email = `${randomUUID()}@shop.example`;
  await shop.accounts.signUp({ email, password: 'correct horse battery' });
  const user = (await shop.accounts.users.byEmail(email))!;
  const { cartId } = await shop.carts.create(user._id);
  let [running, most] = [0, 0];
  const counted = {
    ...shop,
    orders: {
      ...shop.orders,
      async ofCustomers(...asked: Parameters<typeof shop.orders.ofCustomers>) {
        most = Math.max(most, ++running);
        const found = await shop.orders.ofCustomers(...asked);
        running--;
        return found;
      },
    },
  };
  const all = await Promise.allSettled(
    Array.from({ length: LIMITS.exportsWaiting * 3 }, () => exportOf(counted, user)),
  );
  const [done, refused] = [
    all.filter(({ status }) => status === 'fulfilled'),
    all.filter(({ status }) => status === 'rejected'),
  ];
  expect(most).toBe(1);
  expect(done.length).toBeGreaterThanOrEqual(LIMITS.exportsWaiting);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect((one as PromiseRejectedResult).reason).toBeInstanceOf(TooBusyError);
  for (const one of done) {
    const { carts, account } = (one as PromiseFulfilledResult<Awaited<ReturnType<typeof exportOf>>>).value;
    expect([account.email, carts.map((cart) => cart.cartId)]).toEqual([email, [cartId]]);
  }
  expect((await exportOf(counted, user)).account.email, 'afterwards there is room again').toBe(email);
});
