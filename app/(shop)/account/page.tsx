import type { Metadata } from 'next';
import { AccountPage } from '#components/account/account-page.tsx';
import { messages } from '#components/messages.ts';

export const metadata: Metadata = { title: messages.account.title, robots: { index: false } };

export default function Page() {
  return <AccountPage />;
}
