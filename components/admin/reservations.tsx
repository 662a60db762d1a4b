'use client';

import { Table } from '#components/admin/table.tsx';
import { Countdown } from '#components/clock/countdown.tsx';
import { count, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import type { SaleAnswer, TokensAnswer } from '#lib/contract.ts';

/** Who holds what, and for how long still. */
export function Reservations({ tokens, sale }: { tokens: TokensAnswer | undefined; sale: SaleAnswer }) {
  const messages = useMessages();
  const { admin } = messages;
  const holds = Object.entries(tokens?.activeReservations ?? {});
  const nameOf = (productId: string) =>
    sale.products.find((product) => product.productId === productId)?.name ?? productId;
  return (
    <section className="flex flex-col gap-4">
      <h2 className="font-semibold text-xl tracking-tight">
        {admin.reservations} <span className="text-muted tabular-nums">{count(tokens?.reservationCount ?? 0)}</span>
      </h2>
      {holds.length === 0 ? (
        <p className="text-muted">{admin.noReservations}</p>
      ) : (
        <Table
          label={admin.reservations}
          columns={[
            { name: admin.columns.order },
            { name: admin.columns.units },
            { name: admin.columns.deadline, number: true },
          ]}
        >
          <tbody className="divide-y divide-line">
            {holds.map(([orderId, held]) => (
              <tr key={orderId} data-order={orderId}>
                <th scope="row" className="min-w-24 break-all px-4 py-2.5 font-mono font-normal text-xs">
                  {orderId}
                </th>
                <td className="wrap-anywhere min-w-40 px-4 py-2.5">
                  {Object.entries(held)
                    .map(
                      ([productId, units]) =>
                        `${nameOf(productId)} ${units.map((token) => messages.hold.unitOf(unitNumber(token), null)).join(', ')}`,
                    )
                    .join('; ')}
                </td>
                <td className="px-4 py-2.5 text-right font-semibold">
                  {tokens?.deadlines[orderId] && (
                    <Countdown until={tokens.deadlines[orderId]} label={admin.columns.deadline} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
  );
}
