import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { Link } from '#components/ui/link.tsx';

const look = cva(
  'inline-flex select-none items-center justify-center gap-2 rounded-full text-center font-semibold motion-safe:transition-[background-color,border-color,transform] motion-safe:active:scale-[0.98] aria-disabled:cursor-not-allowed motion-safe:aria-disabled:active:scale-100 forced-colors:aria-disabled:border-[GrayText] forced-colors:aria-disabled:text-[GrayText]',
  {
    variants: {
      kind: {
        primary:
          'border border-transparent bg-accent text-accent-ink hover:bg-accent-strong aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-muted',
        secondary:
          'border border-edge bg-transparent text-ink hover:bg-sunken aria-disabled:border-line aria-disabled:text-muted',
        quiet: 'text-ink underline decoration-edge underline-offset-4 hover:decoration-ink aria-disabled:text-muted',
        danger:
          'border border-bad bg-transparent text-bad hover:bg-bad/10 aria-disabled:border-line aria-disabled:text-muted',
        night:
          'border border-night-edge bg-transparent text-starlight hover:bg-night-soft aria-disabled:text-dusk aria-disabled:hover:bg-transparent',
      },
      size: { large: 'min-h-13 text-lg', medium: 'min-h-11', small: 'min-h-9 text-sm' },
    },
    compoundVariants: [
      { kind: ['primary', 'secondary', 'danger'], size: 'large', class: 'px-7' },
      { kind: ['primary', 'secondary', 'danger'], size: 'medium', class: 'px-5' },
      { kind: ['primary', 'secondary', 'danger'], size: 'small', class: 'px-4' },
      { kind: 'night', class: 'px-4' },
    ],
    defaultVariants: { kind: 'primary', size: 'medium' },
  },
);

type Look = VariantProps<typeof look>;

/** `off` keeps the button focusable and says that it does nothing now: a button that waits must not lose the focus. */
export function Button({
  kind,
  size,
  off = false,
  className,
  onClick,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Look & { off?: boolean }) {
  return (
    <button
      type={type}
      aria-disabled={off || undefined}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
      className={look({ kind, size, className })}
      {...rest}
    />
  );
}

export function ButtonLink({ kind, size, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link className={look({ kind, size, className })} {...rest} />;
}

/** To a file or a page outside the shop's own router. */
export function ButtonAnchor({ kind, size, className, ...rest }: ComponentProps<'a'> & Look) {
  return <a className={look({ kind, size, className })} {...rest} />;
}
