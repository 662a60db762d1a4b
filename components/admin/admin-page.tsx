'use client';

import { SignOut } from '#components/account/account-page.tsx';
import { Dashboard } from '#components/admin/dashboard.tsx';
import { useMessages } from '#components/messages/index.ts';
import { Preferences } from '#components/shell/preferences.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { Mark } from '#components/ui/mark.tsx';

/** The back room of somebody who may see it. */
export function AdminPage({ email, role }: { email: string; role: 'viewer' | 'admin' }) {
  const { admin } = useMessages();
  return (
    <div id="back-room" className="mx-auto flex min-h-dvh max-w-6xl flex-col gap-8 px-4 py-4 sm:px-6">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <p className="flex items-center gap-2 font-semibold text-lg">
          <Mark />
          {admin.title}
        </p>
        <div className="flex flex-wrap items-center gap-4">
          <span className="break-all text-muted text-sm">{admin.role[role](email)}</span>
          <ButtonLink kind="quiet" size="small" href="/">
            {admin.shop}
          </ButtonLink>
          <SignOut />
        </div>
      </header>
      <main id="content">
        <Dashboard />
      </main>
      <footer className="mt-auto flex justify-end border-line border-t py-6">
        <Preferences />
      </footer>
    </div>
  );
}
