import type { ReactNode } from 'react';
import { Mark } from '#components/ui/mark.tsx';

/** A page's whole answer when there is nothing else to show: empty, missing, in trouble. */
export function Notice({
  title,
  text,
  children,
  alert = false,
}: {
  title: string;
  text?: string;
  children?: ReactNode;
  alert?: boolean;
}) {
  return (
    <section
      role={alert ? 'alert' : undefined}
      className="mx-auto flex max-w-md flex-col items-center gap-4 py-20 text-center sm:py-28"
    >
      <span className="grid size-16 place-items-center rounded-full bg-sunken text-muted">
        <Mark className="size-8" />
      </span>
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {text && <p className="text-muted">{text}</p>}
      {children && <div className="mt-2 flex flex-wrap items-center justify-center gap-3">{children}</div>}
    </section>
  );
}
