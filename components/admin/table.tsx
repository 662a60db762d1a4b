import type { ReactNode } from 'react';

/** A table that scrolls sideways on a phone, by keyboard too. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string;
  columns: { name: string; number?: boolean }[];
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="relative overflow-x-auto rounded-card border border-line bg-card"
    >
      <table className="w-full text-left text-sm">
        <thead className="bg-sunken text-muted">
          <tr>
            {columns.map(({ name, number }) => (
              <th key={name} scope="col" className={`px-3 py-2.5 font-semibold sm:px-4 ${number ? 'text-right' : ''}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </section>
  );
}
