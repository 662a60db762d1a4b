import type { ReactNode } from 'react';

interface Option<Value> {
  value: Value;
  label: string;
  icon?: ReactNode;
  /** The label's own language, where it is not the page's. */
  lang?: string;
}

/** One of a few, each a button: what is chosen is pressed. Buttons and not radios, since a choice may load the page anew. */
export function Segments<Value extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string;
  options: Option<Value>[];
  chosen: string | undefined;
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset className="inline-flex rounded-full border border-line bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value, label: name, icon, lang }) => (
        <button
          key={value}
          type="button"
          lang={lang}
          aria-pressed={value === chosen}
          onClick={() => onChoose(value)}
          className="inline-flex min-h-9 items-center gap-1.5 rounded-full border border-transparent px-3 font-medium text-muted text-sm hover:text-ink aria-pressed:border-edge aria-pressed:bg-card aria-pressed:text-ink forced-colors:aria-pressed:bg-[Highlight] forced-colors:aria-pressed:text-[HighlightText]"
        >
          {icon}
          {name}
        </button>
      ))}
    </fieldset>
  );
}
