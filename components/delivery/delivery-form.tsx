'use client';

import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '#components/api.ts';
import { CountryOptions } from '#components/delivery/country.tsx';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import type { DeliveryAnswer } from '#lib/contract.ts';

type Field = keyof DeliveryAnswer;

/** Each field as browsers know it, so that they can fill the form in. */
const FIELDS: {
  name: Field;
  autoComplete: string;
  type?: string;
  inputMode?: 'email';
  optional?: true;
  wide?: true;
}[] = [
  { name: 'name', autoComplete: 'name', wide: true },
  { name: 'email', autoComplete: 'email', type: 'email', inputMode: 'email', wide: true },
  { name: 'street', autoComplete: 'street-address', wide: true },
  { name: 'postalCode', autoComplete: 'postal-code', optional: true },
  { name: 'city', autoComplete: 'address-level2' },
  { name: 'country', autoComplete: 'country', wide: true },
];
const LONGEST: Record<Field, number> = { name: 120, email: 254, street: 120, postalCode: 16, city: 120, country: 2 };
const INPUT = 'min-h-11 w-full rounded-xl border bg-paper px-4';

interface Form {
  initial: DeliveryAnswer | null;
  save: string;
  onSave: (delivery: DeliveryAnswer) => Promise<unknown>;
  /** Of a form that somebody has opened: its first field gets the focus. */
  onCancel?: () => void;
}

/** Delivery details. What is wrong stands at its field, and the first such field gets the focus. */
export function DeliveryForm({ initial, save, onSave, onCancel }: Form) {
  const messages = useMessages();
  const [wrong, setWrong] = useState<Partial<Record<Field, string>>>({});
  const [trouble, setTrouble] = useState('');
  const [saving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const { delivery: words } = messages;
  const opened = onCancel !== undefined;

  useEffect(() => {
    if (opened) form.current?.querySelector<HTMLElement>(`[name="${FIELDS[0]?.name}"]`)?.focus();
  }, [opened]);

  function complain(found: Partial<Record<Field, string>>) {
    setWrong(found);
    const first = FIELDS.find(({ name }) => found[name]);
    if (first) form.current?.querySelector<HTMLElement>(`[name="${first.name}"]`)?.focus();
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (saving) return;
    const data = new FormData(event.currentTarget);
    const value = (name: Field) => String(data.get(name) ?? '').trim();
    const found: Partial<Record<Field, string>> = {};
    for (const { name, optional } of FIELDS) {
      const input = event.currentTarget.elements.namedItem(name) as HTMLInputElement;
      if (!value(name) && !optional) found[name] = words.missing[name];
      else if (!input.validity.valid) found[name] = words.wrong;
    }
    setTrouble('');
    complain(found);
    if (Object.keys(found).length > 0) return;
    setSaving(true);
    try {
      await onSave({
        name: value('name'),
        email: value('email'),
        street: value('street'),
        postalCode: value('postalCode'),
        city: value('city'),
        country: value('country'),
      });
    } catch (problem) {
      const field =
        problem instanceof ApiProblem ? FIELDS.find(({ name }) => name === problem.problem?.field) : undefined;
      if (field) complain({ [field.name]: words.wrong });
      else if (problem instanceof ApiProblem && problem.code === 'DELIVERY_FIXED') setTrouble(words.fixed);
      else setTrouble(messages.refused.other);
    }
    setSaving(false);
  }

  return (
    <form ref={form} noValidate onSubmit={submit} className="grid max-w-xl gap-4 sm:grid-cols-6">
      {FIELDS.map(({ name, optional, wide, autoComplete, ...input }) => {
        const shared = {
          id: `${id}-${name}`,
          name,
          autoComplete,
          required: !optional,
          onChange: () => setWrong((found) => (found[name] ? { ...found, [name]: undefined } : found)),
          'aria-invalid': wrong[name] ? true : undefined,
          'aria-describedby': wrong[name] ? `${id}-${name}-wrong` : optional ? `${id}-${name}-hint` : undefined,
          className: `${INPUT} ${wrong[name] ? 'border-bad' : 'border-edge'}`,
        } as const;
        return (
          <div
            key={name}
            className={`flex flex-col gap-1 ${wide ? 'sm:col-span-6' : name === 'city' ? 'sm:col-span-4' : 'sm:col-span-2'}`}
          >
            <label htmlFor={shared.id} className="font-semibold text-sm">
              {words.fields[name]}
            </label>
            {name === 'country' ? (
              <select {...shared} defaultValue={initial?.country ?? ''}>
                <CountryOptions />
              </select>
            ) : (
              <input {...shared} {...input} maxLength={LONGEST[name]} defaultValue={initial?.[name] ?? ''} />
            )}
            {wrong[name] ? (
              <p id={`${id}-${name}-wrong`} className="text-bad text-sm">
                {wrong[name]}
              </p>
            ) : (
              optional && (
                <p id={`${id}-${name}-hint`} className="text-muted text-sm">
                  {words.postalCodeHint}
                </p>
              )
            )}
          </div>
        );
      })}
      <p role="status" className={trouble ? 'text-bad text-sm sm:col-span-6' : 'sr-only'}>
        {trouble}
      </p>
      <div className="flex flex-wrap items-center gap-4 sm:col-span-6">
        <Button type="submit" off={saving}>
          {saving ? words.saving : save}
        </Button>
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {words.cancel}
          </Button>
        )}
      </div>
    </form>
  );
}
