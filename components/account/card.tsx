import type { ReactNode } from 'react';

/** The one thing a page of signing in or up is about. */
export function AccountCard({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col gap-6 rounded-card border border-line bg-card p-6 sm:mt-8 sm:p-10">
      <header className="flex flex-col gap-2">
        <h1 className="font-semibold text-3xl tracking-tight">{title}</h1>
        {text && <p className="text-muted">{text}</p>}
      </header>
      {children}
    </div>
  );
}
