'use client';

import { useMessages } from '#components/messages/index.ts';

const STEP =
  'grid size-11 place-items-center rounded-full text-xl leading-none hover:bg-sunken aria-disabled:cursor-not-allowed aria-disabled:text-edge aria-disabled:hover:bg-transparent';

/** A small number with two buttons beside it. One above what may be had can only go down, and lands within it. */
export function Quantity({
  value,
  most,
  label,
  onChange,
}: {
  value: number;
  most: number;
  label: string;
  onChange: (value: number) => void;
}) {
  const messages = useMessages();
  const step = (by: number) => {
    const next = Math.min(value + by, most);
    if (next >= 1 && next !== value) onChange(next);
  };
  return (
    <fieldset className="inline-flex h-11 items-center rounded-full border border-edge">
      <legend className="sr-only">{label}</legend>
      <button
        type="button"
        className={STEP}
        aria-disabled={value <= 1}
        aria-label={messages.product.fewer}
        onClick={() => step(-1)}
      >
        −
      </button>
      <output className="min-w-7 text-center font-semibold tabular-nums" aria-live="polite">
        {value}
      </output>
      <button
        type="button"
        className={STEP}
        aria-disabled={value >= most}
        aria-label={messages.product.more}
        onClick={() => step(1)}
      >
        +
      </button>
    </fieldset>
  );
}
