'use client';

import { useActionState } from 'react';
import { ApiProblem } from '#components/api.ts';
import { messages } from '#components/messages.ts';
import { Button } from '#components/ui/button.tsx';

/** The admin key, pasted once; the shop keeps it as a cookie that the page cannot read. */
export function SignIn({ signIn }: { signIn: (key: string) => Promise<void> }) {
  const { admin, refused } = messages;
  const [trouble, submit, busy] = useActionState(async (_: string, form: FormData) => {
    try {
      await signIn(String(form.get('key') ?? '').trim());
      return '';
    } catch (problem) {
      const wrong = problem instanceof ApiProblem && (problem.status === 401 || problem.status === 400);
      return wrong ? admin.wrongKey : refused.other;
    }
  }, '');
  return (
    <form
      action={submit}
      className="mx-auto mt-[12vh] flex max-w-md flex-col gap-5 rounded-card border border-line bg-card p-6 sm:p-10"
    >
      <div>
        <h1 className="font-semibold text-2xl tracking-tight">{admin.signInTitle}</h1>
        <p className="mt-2 text-muted">{admin.signInText}</p>
      </div>
      <label className="flex flex-col gap-1.5">
        <span className="font-semibold text-sm">{admin.key}</span>
        <input
          name="key"
          type="password"
          required
          autoComplete="current-password"
          aria-describedby="key-trouble"
          className="min-h-11 rounded-xl border border-edge bg-paper px-4"
        />
      </label>
      <p id="key-trouble" role="status" className={trouble ? 'text-bad' : 'sr-only'}>
        {trouble}
      </p>
      <Button type="submit" off={busy}>
        {busy ? admin.signingIn : admin.signIn}
      </Button>
    </form>
  );
}
