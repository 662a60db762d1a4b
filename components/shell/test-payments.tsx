import { messages } from '#components/messages.ts';

/** Always there while the sandbox is the only provider. */
export function TestPayments() {
  const { shop } = messages;
  return (
    <aside aria-label={shop.payments} className="bg-night px-4 py-1.5 text-center text-dusk text-xs sm:text-sm">
      {shop.testPayments}
    </aside>
  );
}
