'use client';

import { useState } from 'react';
import { AccountForm } from '#components/account/form.tsx';
import { forgetSession, signOut } from '#components/account/session.ts';
import { call } from '#components/api.ts';
import { useMessages } from '#components/messages/index.ts';
import { Button, ButtonAnchor, ButtonLink } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useApi } from '#components/use-api.ts';
import type { AccountAnswer } from '#lib/contract.ts';

const SECTION = 'flex flex-col gap-4 rounded-card border border-line bg-card p-5 sm:p-7';
const HEADING = 'font-semibold text-xl tracking-tight';

export function AccountPage() {
  const messages = useMessages();
  const { data, error, mutate } = useApi<AccountAnswer>('/api/account');
  const { account: words, shop } = messages;
  if (!data) {
    if (error) return <Trouble problem={error} missing={messages.trouble.missingText} retry={() => mutate()} />;
    return <div role="status" aria-label={shop.loading} className="skeleton mx-auto h-96 max-w-2xl rounded-card!" />;
  }
  if (!data.account) {
    return (
      <Notice title={words.nobodyTitle} text={words.nobodyText}>
        <ButtonLink href="/signin?next=%2Faccount">{words.signIn}</ButtonLink>
        <ButtonLink kind="secondary" href="/signup?next=%2Faccount">
          {words.signUp}
        </ButtonLink>
      </Notice>
    );
  }
  const { email, role } = data.account;
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-6">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-4xl tracking-tight">{words.title}</h1>
          <p className="mt-1 break-all text-muted">{words.signedInAs(email)}</p>
        </div>
        <SignOut />
      </header>
      <p className="flex flex-wrap gap-3">
        <ButtonLink kind="secondary" href="/orders">
          {shop.orders}
        </ButtonLink>
        {role !== 'customer' && (
          <ButtonLink kind="secondary" href="/admin" prefetch={false}>
            {messages.admin.title}
          </ButtonLink>
        )}
      </p>
      <ChangePassword />
      <section className={SECTION}>
        <h2 className={HEADING}>{words.exportTitle}</h2>
        <p className="text-muted">{words.exportText}</p>
        <ButtonAnchor kind="secondary" href="/api/account/export" download>
          {words.export}
        </ButtonAnchor>
      </section>
      <Delete />
    </div>
  );
}

/** Ends this browser's session. What is in the way is said beside the button. */
export function SignOut() {
  const messages = useMessages();
  const [step, setStep] = useState<'idle' | 'busy' | 'failed'>('idle');
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p role="status" className={step === 'failed' ? 'text-bad text-sm' : 'sr-only'}>
        {step === 'failed' ? messages.refused.other : ''}
      </p>
      <Button
        kind="secondary"
        size="small"
        off={step === 'busy'}
        onClick={() => {
          setStep('busy');
          signOut().catch(() => setStep('failed'));
        }}
      >
        {messages.account.signOut}
      </Button>
    </div>
  );
}

function ChangePassword() {
  const { account: words } = useMessages();
  const [changed, setChanged] = useState(0);
  return (
    <section className={SECTION}>
      <h2 className={HEADING}>{words.passwordTitle}</h2>
      <p className="text-muted">{words.passwordText}</p>
      <AccountForm
        key={changed}
        fields={[
          { name: 'current', label: words.currentPassword, autoComplete: 'current-password' },
          { name: 'next', label: words.newPassword, autoComplete: 'new-password', hint: words.newPasswordHint },
        ]}
        action={words.changePassword}
        submit={async ({ current, next }) => {
          await call('/api/account/password', { method: 'POST', body: { current, next } });
          setChanged((times) => times + 1);
        }}
      />
      <p role="status" className={changed > 0 ? 'text-good' : 'sr-only'}>
        {changed > 0 ? words.passwordChanged : ''}
      </p>
    </section>
  );
}

function Delete() {
  const { account: words } = useMessages();
  const [open, setOpen] = useState(false);
  return (
    <section className={SECTION}>
      <h2 className={HEADING}>{words.deleteTitle}</h2>
      <p className="text-muted">{words.deleteText}</p>
      <Button kind="secondary" onClick={() => setOpen(true)}>
        {words.deleteAsk}
      </Button>
      <Dialog title={words.deleteSure} open={open} onClose={() => setOpen(false)}>
        <p className="text-muted">{words.deleteSureText}</p>
        <AccountForm
          fields={[{ name: 'password', label: words.password, autoComplete: 'current-password' }]}
          action={words.deleteNow}
          danger
          submit={async ({ password }) => {
            await call('/api/account/delete', { method: 'POST', body: { password } });
            forgetSession();
            location.assign('/');
          }}
        >
          <Button kind="secondary" onClick={() => setOpen(false)}>
            {words.deleteNot}
          </Button>
        </AccountForm>
      </Dialog>
    </section>
  );
}
