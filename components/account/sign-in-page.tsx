'use client';

import { AccountCard } from '#components/account/card.tsx';
import { AccountForm } from '#components/account/form.tsx';
import { OtherPage } from '#components/account/other-page.tsx';
import { signIn } from '#components/account/session.ts';
import { useMessages } from '#components/messages/index.ts';

export function SignInPage() {
  const { account } = useMessages();
  return (
    <AccountCard title={account.signInTitle} text={account.signInText}>
      <AccountForm
        fields={[
          { name: 'email', label: account.email, autoComplete: 'username' },
          { name: 'password', label: account.password, autoComplete: 'current-password' },
        ]}
        action={account.signIn}
        submit={({ email, password }) => signIn(email, password)}
      />
      <OtherPage ask={account.noAccount} link={account.signUp} href="/signup" />
      <p className="text-muted text-sm">{account.guestText}</p>
    </AccountCard>
  );
}
