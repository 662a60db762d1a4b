'use client';

import { useMessages } from '#components/messages/index.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';

/** For an address that leads nowhere. */
export function Missing() {
  const { trouble, shop } = useMessages();
  return (
    <Notice title={trouble.missingTitle} text={trouble.missingText}>
      <ButtonLink href="/">{shop.back}</ButtonLink>
    </Notice>
  );
}
