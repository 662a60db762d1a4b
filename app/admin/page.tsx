import type { Metadata } from 'next';
import { AdminPage } from '#components/admin/admin-page.tsx';
import { messages } from '#components/messages.ts';

export const metadata: Metadata = { title: messages.admin.title, robots: { index: false, follow: false } };

export default function Page() {
  return <AdminPage />;
}
