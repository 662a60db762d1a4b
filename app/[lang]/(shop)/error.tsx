'use client';

import { useMessages } from '#components/messages/index.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';

export default function ShopError({ retry }: { retry: () => void }) {
  const messages = useMessages();
  return (
    <Notice title={messages.trouble.title} text={messages.trouble.text} alert>
      <Button onClick={retry}>{messages.trouble.again}</Button>
      <ButtonLink kind="secondary" href="/">
        {messages.shop.back}
      </ButtonLink>
    </Notice>
  );
}
