'use client';

import { usePathname } from 'next/navigation';
import { useMessages } from '#components/messages/index.ts';
import { ButtonLink } from '#components/ui/button.tsx';

/** In place of buying, where only somebody signed in may: to signing in, and back to this page. */
export function SignInToBuy({
  size,
  className,
  about,
}: {
  size?: 'large' | 'medium';
  className?: string;
  about?: string;
}) {
  const messages = useMessages();
  const pathname = usePathname();
  return (
    <ButtonLink
      href={`/signin?next=${encodeURIComponent(pathname)}`}
      size={size}
      className={className}
      prefetch={false}
    >
      {messages.account.signInToBuy}
      {about && <span className="sr-only">{about}</span>}
    </ButtonLink>
  );
}
