'use client';

import type { ReactNode } from 'react';
import type { ApiProblem } from '#components/api.ts';
import { useMessages } from '#components/messages/index.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';

/** What a page shows when its first answer did not come: plain words, and always a way on. */
export function Trouble({
  problem,
  missing,
  retry,
  whenMissing,
}: {
  problem: ApiProblem;
  missing: string;
  retry: () => void;
  /** One more way on when there is no such thing. */
  whenMissing?: ReactNode;
}) {
  const { trouble, shop } = useMessages();
  if (problem.status === 404 || problem.status === 400) {
    return (
      <Notice title={trouble.missingTitle} text={missing}>
        <ButtonLink href="/">{shop.back}</ButtonLink>
        {whenMissing}
      </Notice>
    );
  }
  const [title, text] =
    problem.status === 0
      ? [trouble.unreachableTitle, trouble.unreachableText]
      : problem.status === 503
        ? [trouble.restoringTitle, trouble.restoringText]
        : problem.status === 429
          ? [trouble.busyTitle, trouble.busyText]
          : [trouble.title, trouble.text];
  return (
    <Notice title={title} text={text} alert>
      <Button onClick={retry}>{trouble.again}</Button>
      <ButtonLink kind="secondary" href="/">
        {shop.back}
      </ButtonLink>
    </Notice>
  );
}
