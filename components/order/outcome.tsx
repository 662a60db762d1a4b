import { clsx } from 'clsx';
import { type ReactNode, useEffect, useRef } from 'react';

/**
 * What has become of an order, as its page's title.
 * @param watched the hold was on this page until now. What had the focus in it has gone with it, and the focus goes on from here
 */
export function Outcome({
  watched,
  className,
  children,
}: {
  watched: boolean;
  className: string;
  children: ReactNode;
}) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (watched && document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [watched]);
  return (
    <h1 ref={title} tabIndex={-1} className={clsx('font-semibold tracking-tight outline-none', className)}>
      {children}
    </h1>
  );
}
