'use client';

import { Table } from '#components/admin/table.tsx';
import { count, money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import type { SaleAnswer } from '#lib/contract.ts';

/** Where every unit is, product by product. */
export function StockTable({ sales }: { sales: SaleAnswer[] }) {
  const messages = useMessages();
  const { columns, restoring } = messages.admin;
  const units = (value: number | null) => (value === null ? restoring : count(value));
  return (
    <Table
      label={messages.admin.sales}
      columns={[
        { name: columns.product },
        { name: columns.free, number: true },
        { name: columns.held, number: true },
        { name: columns.sold, number: true },
        { name: columns.minted, number: true },
      ]}
    >
      {sales.map((sale) => (
        <tbody key={sale.saleId} className="divide-y divide-line border-line border-t">
          <tr>
            <th colSpan={5} scope="rowgroup" className="px-3 pt-4 pb-2 sm:px-4">
              <span className="flex flex-wrap items-center justify-between gap-3">
                <span className="wrap-anywhere min-w-0 font-semibold text-base">{sale.name}</span>
                <SaleStatus sale={sale} />
              </span>
            </th>
          </tr>
          {sale.products.map((product) => (
            <tr key={product.productId} data-product={product.productId} className="tabular-nums">
              <th scope="row" className="wrap-anywhere min-w-40 px-3 py-2.5 font-normal sm:px-4">
                {product.name} <span className="text-muted">{money(product.price, product.currency)}</span>
              </th>
              <td className="px-3 py-2.5 sm:px-4 text-right font-semibold">{units(product.available)}</td>
              <td className="px-3 py-2.5 sm:px-4 text-right">{units(product.held)}</td>
              <td className="px-3 py-2.5 sm:px-4 text-right">{units(product.sold)}</td>
              <td className="px-3 py-2.5 sm:px-4 text-right">{count(product.minted)}</td>
            </tr>
          ))}
        </tbody>
      ))}
    </Table>
  );
}
