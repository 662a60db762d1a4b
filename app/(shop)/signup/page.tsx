import type { Metadata } from 'next';
import { SignUpPage } from '#components/account/sign-up-page.tsx';
import { messages } from '#components/messages.ts';

export const metadata: Metadata = { title: messages.account.signUpTitle, robots: { index: false } };

export default function Page() {
  return <SignUpPage />;
}
