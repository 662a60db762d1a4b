import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { AdminPage } from '#components/admin/admin-page.tsx';
import { Away } from '#components/admin/away.tsx';
import { titled } from '#components/messages/server.ts';
import { holdfast } from '#lib/process.ts';
import { isUnavailable } from '#lib/unavailable.ts';

export const generateMetadata = titled(({ admin }) => admin.title, { robots: { index: false, follow: false } });

/** Nobody is sent to sign in; for an account without a role there is no such page. */
export default async function Page() {
  const request = { headers: await headers() }; // first: a build that renders the page ahead stops here
  const session = await holdfast()
    .accounts.sessions.of(request, { fresh: true })
    .catch((error) => {
      if (isUnavailable(error)) return 'away' as const;
      throw error;
    });
  if (session === 'away') return <Away />;
  if (!session) redirect('/signin?next=%2Fadmin');
  const { email, role } = session.user;
  if (role === 'customer') notFound();
  return <AdminPage email={email} role={role} />;
}
