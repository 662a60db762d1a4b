import { clsx } from 'clsx';
import Link from 'next/link';
import type { ComponentProps } from 'react';

type Look = 'primary' | 'secondary' | 'quiet' | 'night';
type Size = 'large' | 'medium' | 'small';

const BASE =
  'inline-flex select-none items-center justify-center gap-2 rounded-full text-center font-semibold motion-safe:transition-[background-color,border-color,transform] motion-safe:active:scale-[0.98] aria-disabled:cursor-not-allowed motion-safe:aria-disabled:active:scale-100';

const LOOKS: Record<Look, string> = {
  primary:
    'border border-transparent bg-accent text-accent-ink hover:bg-accent-strong aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-muted',
  secondary:
    'border border-edge bg-transparent text-ink hover:bg-sunken aria-disabled:border-line aria-disabled:text-muted',
  quiet: 'text-ink underline decoration-edge underline-offset-4 hover:decoration-ink aria-disabled:text-muted',
  night:
    'border border-night-line bg-transparent px-4! text-starlight hover:bg-night-soft aria-disabled:text-dusk aria-disabled:hover:bg-transparent',
};

const SIZES: Record<Size, string> = {
  large: 'min-h-13 px-7 text-lg',
  medium: 'min-h-11 px-5',
  small: 'min-h-9 px-4 text-sm',
};

const look = (kind: Look, size: Size, className?: string) =>
  clsx(BASE, LOOKS[kind], SIZES[size], kind === 'quiet' && 'px-0!', className);

interface Shape {
  kind?: Look;
  size?: Size;
}

/** `off` keeps the button focusable and says that it does nothing now: a button that waits must not lose the focus. */
export function Button({
  kind = 'primary',
  size = 'medium',
  off = false,
  className,
  onClick,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Shape & { off?: boolean }) {
  return (
    <button
      type={type}
      aria-disabled={off || undefined}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
      className={look(kind, size, className)}
      {...rest}
    />
  );
}

export function ButtonLink({
  kind = 'primary',
  size = 'medium',
  className,
  ...rest
}: ComponentProps<typeof Link> & Shape) {
  return <Link className={look(kind, size, className)} {...rest} />;
}
