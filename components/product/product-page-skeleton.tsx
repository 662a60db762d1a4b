import { useMessages } from '#components/messages/index.ts';

export function ProductPageSkeleton() {
  const messages = useMessages();
  return (
    <div
      role="status"
      aria-label={messages.shop.loading}
      className="grid gap-6 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] lg:gap-14"
    >
      <div className="skeleton aspect-5/4 rounded-card! lg:aspect-square" />
      <div className="flex flex-col gap-5 lg:py-4">
        <div className="skeleton h-5 w-1/2" />
        <div className="skeleton h-9 w-4/5 sm:h-12" />
        <div className="skeleton h-7 w-28" />
        <div className="skeleton h-1.5 w-full" />
        <div className="skeleton h-12 w-full" />
        <div className="skeleton h-11 w-full rounded-full!" />
        <div className="skeleton h-13 w-full rounded-full!" />
      </div>
    </div>
  );
}
