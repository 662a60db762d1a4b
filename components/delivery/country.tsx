'use client';

import { VISITOR } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { COUNTRIES } from '#lib/countries.ts';

let names: Intl.DisplayNames | undefined;

/** A country's name in the visitor's language. Only for text that is rendered in the browser. */
export function countryName(code: string): string {
  names ??= new Intl.DisplayNames(VISITOR, { type: 'region' });
  return names.of(code) ?? code;
}

export function CountryOptions() {
  const messages = useMessages();
  const sorted = COUNTRIES.map((code) => ({ code, name: countryName(code) })).sort((a, b) =>
    a.name.localeCompare(b.name),
  );
  return (
    <>
      <option value="">{messages.delivery.chooseCountry}</option>
      {sorted.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </>
  );
}
