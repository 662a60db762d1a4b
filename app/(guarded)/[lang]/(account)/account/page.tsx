import { AccountPage } from '#components/account/account-page.tsx';
import { titled } from '#components/messages/server.ts';

export const generateMetadata = titled(({ account }) => account.title, { robots: { index: false } });

export default function Page() {
  return <AccountPage />;
}
