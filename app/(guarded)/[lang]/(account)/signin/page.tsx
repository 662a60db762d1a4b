import { SignInPage } from '#components/account/sign-in-page.tsx';
import { titled } from '#components/messages/server.ts';

export const generateMetadata = titled(({ account }) => account.signInTitle, { robots: { index: false } });

export default function Page() {
  return <SignInPage />;
}
