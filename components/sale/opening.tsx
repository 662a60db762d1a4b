import { useMessages } from '#components/messages/index.ts';

/** For browsers without JavaScript: when a sale opens, in words that need no clock of theirs. */
export function Opening({ opensAt }: { opensAt: string | null }) {
  const { clock, language } = useMessages();
  if (opensAt === null) return null;
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
  return (
    <noscript>
      <p>
        {clock.opens} <time dateTime={opensAt}>{format.format(new Date(opensAt))} UTC</time>
      </p>
    </noscript>
  );
}
