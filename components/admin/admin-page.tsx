'use client';

import { Dashboard } from '#components/admin/dashboard.tsx';
import { SignIn } from '#components/admin/sign-in.tsx';
import { useSession } from '#components/admin/use-session.ts';
import { messages } from '#components/messages.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Mark } from '#components/ui/mark.tsx';
import { Trouble } from '#components/ui/trouble.tsx';

export function AdminPage() {
  const { signedIn, problem, retry, signIn, signOut } = useSession();
  const { admin, shop } = messages;
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col gap-8 px-4 py-4 sm:px-6">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <p className="flex items-center gap-2 font-semibold text-lg">
          <Mark />
          {admin.title}
        </p>
        <div className="flex items-center gap-4">
          <ButtonLink kind="quiet" size="small" href="/">
            {admin.shop}
          </ButtonLink>
          {signedIn && (
            <Button kind="secondary" size="small" onClick={signOut}>
              {admin.signOut}
            </Button>
          )}
        </div>
      </header>
      <main id="content">
        {signedIn === undefined ? (
          problem ? (
            <Trouble problem={problem} missing={messages.trouble.missingText} retry={retry} />
          ) : (
            <div role="status" aria-label={shop.loading} className="skeleton h-80 rounded-card!" />
          )
        ) : signedIn ? (
          <Dashboard />
        ) : (
          <SignIn signIn={signIn} />
        )}
      </main>
    </div>
  );
}
