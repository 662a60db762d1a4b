'use client';

import { type ReactNode, useEffect, useId, useRef } from 'react';

/** A question that stands in front of the page, which waits behind it. Escape closes it, and the focus goes back to where it was. */
export function Dialog({
  title,
  open,
  onClose,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      className="m-auto w-[calc(100%-2rem)] max-w-md overflow-y-auto rounded-card border border-line bg-card p-6 text-ink backdrop:bg-night/70 sm:p-8"
    >
      {open && (
        <div className="flex flex-col gap-4">
          <h2 id={titleId} className="font-semibold text-2xl tracking-tight">
            {title}
          </h2>
          {children}
        </div>
      )}
    </dialog>
  );
}
