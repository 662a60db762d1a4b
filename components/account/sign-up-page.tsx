'use client';

import { AccountCard } from '#components/account/card.tsx';
import { AccountForm } from '#components/account/form.tsx';
import { OtherPage } from '#components/account/other-page.tsx';
import { signUp } from '#components/account/session.ts';
import { useMessages } from '#components/messages/index.ts';

export function SignUpPage() {
  const { account } = useMessages();
  return (
    <AccountCard title={account.signUpTitle} text={account.signUpText}>
      <AccountForm
        fields={[
          { name: 'email', label: account.email, autoComplete: 'username' },
          {
            name: 'password',
            label: account.newPassword,
            autoComplete: 'new-password',
            hint: account.newPasswordHint,
          },
        ]}
        action={account.signUp}
        refused={account.notSignedUp}
        newPassword
        submit={({ email, password }) => signUp(email, password)}
      />
      <OtherPage ask={account.haveAccount} link={account.signIn} href="/signin" />
    </AccountCard>
  );
}
