import { SignUpPage } from '#components/account/sign-up-page.tsx';
import { titled } from '#components/messages/server.ts';

export const generateMetadata = titled(({ account }) => account.signUpTitle, { robots: { index: false } });

export default function Page() {
  return <SignUpPage />;
}
