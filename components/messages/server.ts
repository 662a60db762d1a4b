import type { Metadata } from 'next';
import { de } from '#components/messages/de.ts';
import { en, type Messages } from '#components/messages/en.ts';
import { type Language, languageOf } from '#components/messages/language.ts';

const ALL: Record<Language, Messages> = { en, de };

export const messagesIn = (language: Language): Messages => ALL[language];

interface PageProps {
  params: Promise<{ lang: string }>;
}

/** @returns the words of the language that a page or layout is rendered in */
export const messagesOf = async ({ params }: PageProps): Promise<Messages> =>
  messagesIn(languageOf((await params).lang));

/** A page's `generateMetadata` for a title in its language. */
export const titled =
  (title: (messages: Messages) => string, rest: Metadata = {}) =>
  async (props: PageProps): Promise<Metadata> => ({ ...rest, title: title(await messagesOf(props)) });
