'use client';

import { type ReactNode, type SubmitEvent, useId, useRef, useState } from 'react';
import { useWait } from '#components/account/use-wait.ts';
import { ApiProblem } from '#components/api.ts';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

export interface FormField {
  name: 'email' | 'password' | 'current' | 'next';
  label: string;
  autoComplete: 'username' | 'current-password' | 'new-password';
  /** Said below the field, before anything is wrong. */
  hint?: string;
}

interface Wrong {
  field?: string | undefined;
  text: string;
  /** How long nothing can be tried. */
  waitSeconds?: number;
}

/** A short form of an account: what is wrong is said in words, at its field, and nothing that was typed is lost. */
export function AccountForm<Names extends string>({
  fields,
  action,
  refused,
  newPassword = false,
  submit,
  danger = false,
  children,
}: {
  fields: (FormField & { name: Names })[];
  action: string;
  /** What to say when e-mail address and password do not fit. */
  refused?: string;
  /** `password` is one to be chosen, not one to be known. */
  newPassword?: boolean;
  /** Does the work; a refusal is thrown as an ApiProblem. */
  submit: (values: Record<Names, string>) => Promise<void>;
  danger?: boolean;
  children?: ReactNode;
}) {
  const messages = useMessages();
  const form = useRef<HTMLFormElement>(null);
  const mounted = useMounted(); // before that a browser would send the form itself, with the password in the address
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong>();
  const wait = useWait();
  const waits = wait.secondsLeft > 0;
  const general = wrong && !wrong.field && !wait.over ? wrong.text : '';
  const id = useId();

  async function send(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy || waits) return;
    const data = new FormData(event.currentTarget);
    const values = Object.fromEntries(fields.map(({ name }) => [name, String(data.get(name) ?? '')]));
    setBusy(true);
    setWrong(undefined);
    wait.forget();
    try {
      await submit(values as Record<Names, string>);
    } catch (problem) {
      const said = wordsFor(messages, problem, refused, newPassword);
      setWrong(said);
      if (said.waitSeconds) wait.begin(said.waitSeconds);
      const first = said.field ?? fields[0]?.name;
      form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form ref={form} noValidate onSubmit={send} className="flex flex-col gap-4">
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          id={`${id}-${field.name}`}
          wrong={wrong?.field === field.name ? wrong.text : undefined}
        />
      ))}
      <p role="alert" className={general ? 'text-bad' : 'sr-only'}>
        {general}
      </p>
      <p role="status" className={wait.over ? 'text-muted' : 'sr-only'}>
        {wait.over ? messages.account.waitOver : ''}
      </p>
      <Button type="submit" kind={danger ? 'danger' : 'primary'} disabled={!mounted} off={busy || waits}>
        {busy ? messages.account.busy : action}
        {waits && (
          <span aria-hidden="true" className="tabular-nums">
            {messages.clock.digits(wait.secondsLeft)}
          </span>
        )}
      </Button>
      {children}
    </form>
  );
}

function Field({ field, id, wrong }: { field: FormField; id: string; wrong: string | undefined }) {
  const { name, label, autoComplete, hint } = field;
  const [shown, setShown] = useState(false);
  const secret = name !== 'email';
  const { account } = useMessages();
  const said = wrong ?? hint;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-semibold text-sm">
        {label}
      </label>
      <div className="flex items-stretch gap-2">
        <input
          id={id}
          name={name}
          type={secret ? (shown ? 'text' : 'password') : 'email'}
          required
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          className="min-h-11 w-full min-w-0 flex-1 rounded-xl border border-edge bg-paper px-4 aria-invalid:border-bad"
        />
        {secret && (
          <Button
            kind="secondary"
            size="small"
            aria-pressed={shown}
            aria-controls={id}
            aria-label={account.showOf(label)}
            onClick={() => setShown(!shown)}
          >
            {shown ? account.hide : account.show}
          </Button>
        )}
      </div>
      {said && (
        <p
          id={`${id}-said`}
          role={wrong ? 'alert' : undefined}
          className={wrong ? 'text-bad text-sm' : 'text-muted text-sm'}
        >
          {said}
        </p>
      )}
    </div>
  );
}

/** Why a form was refused, in words that say what to do next. */
function wordsFor(
  { account, refused: words }: Messages,
  problem: unknown,
  refused: string | undefined,
  newPassword: boolean,
): Wrong {
  if (!(problem instanceof ApiProblem)) return { text: words.other };
  switch (problem.code) {
    case 'SIGN_IN_REFUSED':
      return { text: refused ?? account.refused };
    case 'TOO_MANY_REQUESTS': {
      const waitSeconds = Math.ceil((problem.retryAfterMs ?? 1_000) / 1_000);
      return { text: account.wait(waitSeconds), waitSeconds };
    }
    case 'SIGN_IN_REQUIRED':
      return { text: account.over };
    case 'INVALID_REQUEST': {
      const field = problem.problem?.field ?? '';
      if (field === 'email') return { field, text: account.wrongEmail };
      if (field === 'current') return { field, text: account.wrongPassword };
      if (field === 'next' || (field === 'password' && newPassword)) return { field, text: account.newPasswordHint };
      if (field === 'password') return { field, text: account.wrongPassword };
      return { text: words.other };
    }
    default:
      return { text: problem.passing ? words.gaveUp : words.other };
  }
}
