'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { jittered } from '#components/use-api.ts';

const AGAIN_MS = 3_000;

/** The back room while nobody can be asked who may see it: it opens by itself. */
export function Away() {
  const { trouble, shop } = useMessages();
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), jittered(AGAIN_MS));
    return () => clearInterval(timer);
  }, [router]);
  return (
    <main id="content">
      <Notice title={trouble.unreachableTitle} text={trouble.unreachableText} alert>
        <Button onClick={() => router.refresh()}>{trouble.again}</Button>
        <ButtonLink kind="secondary" href="/">
          {shop.back}
        </ButtonLink>
      </Notice>
    </main>
  );
}
