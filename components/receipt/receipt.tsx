import type { ReactNode } from 'react';
import { Address } from '#components/delivery/address.tsx';
import { count, dateOf, money, rate, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { Mark } from '#components/ui/mark.tsx';
import type { ReceiptAnswer } from '#lib/contract.ts';

/** A receipt as a sheet of paper: on screen a card, in print the page itself. */
export function Receipt({ receipt }: { receipt: ReceiptAnswer }) {
  const { receipt: words, sale } = useMessages();
  return (
    <article className="flex flex-col gap-8 rounded-card border border-line bg-card p-6 sm:p-10 print:border-0 print:p-0">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <h1 className="font-semibold text-3xl tracking-tight">{words.title}</h1>
        <p className="flex items-center gap-2 font-semibold text-lg">
          <Mark className="size-6" />
          <span>
            <span className="sr-only">{words.seller} </span>
            {receipt.seller}
          </span>
        </p>
      </header>
      <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2 print:grid-cols-2">
        <Fact name={words.order}>
          <span className="break-all">{receipt.orderId}</span>
        </Fact>
        <Fact name={words.payment}>{receipt.payment}</Fact>
        <Fact name={words.ordered}>
          <time dateTime={receipt.createdAt}>{dateOf(receipt.createdAt)}</time>
        </Fact>
        <Fact name={words.paid}>
          <time dateTime={receipt.paidAt}>{dateOf(receipt.paidAt)}</time>
        </Fact>
      </dl>
      <Lines receipt={receipt} />
      {receipt.delivery ? (
        <section className="break-inside-avoid text-sm">
          <h2 className="mb-1 text-muted">{words.goesTo}</h2>
          <Address delivery={receipt.delivery} />
        </section>
      ) : (
        <p className="text-muted text-sm">{receipt.ships ? words.ships : sale.shipsNot}</p>
      )}
    </article>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}

function Lines({ receipt }: { receipt: ReceiptAnswer }) {
  const messages = useMessages();
  const { receipt: words } = messages;
  const amount = (minorUnits: number) => money(minorUnits, receipt.currency);
  return (
    <table className="w-full text-left tabular-nums">
      <thead className="border-ink border-b text-sm">
        <tr>
          <th scope="col" className="py-2 font-semibold">
            {words.item}
          </th>
          <th scope="col" className="px-3 py-2 text-right font-semibold">
            {words.quantity}
          </th>
          <th scope="col" className="py-2 text-right font-semibold">
            {words.amount}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {receipt.items.map((line) => (
          <tr key={line.productId} className="break-inside-avoid align-top">
            <th scope="row" className="wrap-anywhere py-3 font-normal">
              <span className="font-semibold">{line.name}</span>
              <span className="block text-muted text-sm">
                {words.units(line.tokens.map((token) => count(unitNumber(token))).join(', '))}
              </span>
            </th>
            <td className="whitespace-nowrap px-3 py-3 text-right">
              {messages.order.times(line.quantity)} <span className="max-sm:block">{amount(line.price)}</span>
            </td>
            <td className="whitespace-nowrap py-3 text-right">{amount(line.price * line.quantity)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot className="border-ink border-t">
        <Sum name={words.total} value={amount(receipt.total)} strong />
        {receipt.taxBasisPoints > 0 ? (
          <Sum name={words.tax(rate(receipt.taxBasisPoints))} value={amount(receipt.tax)} />
        ) : (
          <Sum name={words.noTax} value="" />
        )}
        {receipt.refunds.map(({ amount: givenBack, at }) => (
          <Sum
            key={at ?? ''}
            name={at === null ? words.goingBack : words.givenBack(dateOf(at))}
            value={amount(-givenBack)}
          />
        ))}
      </tfoot>
    </table>
  );
}

function Sum({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <tr className={strong ? 'text-xl' : 'text-muted text-sm'}>
      <th scope="row" colSpan={2} className={strong ? 'pt-3 pb-1 font-semibold' : 'py-0.5 font-normal'}>
        {name}
      </th>
      <td className={`whitespace-nowrap text-right ${strong ? 'pt-3 pb-1 font-semibold' : 'py-0.5'}`}>{value}</td>
    </tr>
  );
}
