'use client';

import { useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import { Link } from '#components/ui/link.tsx';
import { samePath } from '#lib/same-path.ts';

interface Words {
  ask: string;
  link: string;
  href: '/signin' | '/signup';
}

/** From signing in to signing up and back, without forgetting where the shopper was going. */
export function OtherPage(words: Words) {
  return (
    <Suspense fallback={<Ask {...words} />}>
      <AskWithNext {...words} />
    </Suspense>
  );
}

/** The router's own words: while one page gives way to the other, the address bar still shows the old one. */
function AskWithNext(words: Words) {
  const next = samePath(useSearchParams().get('next'));
  return <Ask {...words} query={next === '/' ? '' : `?next=${encodeURIComponent(next)}`} />;
}

function Ask({ ask, link, href, query = '' }: Words & { query?: string }) {
  return (
    <p className="text-sm">
      {ask}{' '}
      <Link
        href={`${href}${query}`}
        className="font-semibold underline decoration-edge underline-offset-4 hover:decoration-ink"
      >
        {link}
      </Link>
    </p>
  );
}
