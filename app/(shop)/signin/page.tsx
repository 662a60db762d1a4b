import type { Metadata } from 'next';
import { SignInPage } from '#components/account/sign-in-page.tsx';
import { messages } from '#components/messages.ts';

export const metadata: Metadata = { title: messages.account.signInTitle, robots: { index: false } };

export default function Page() {
  return <SignInPage />;
}
