import type { Language } from '#components/messages/language.ts';

/** What is said to somebody who asks for too many pages. */
export const BUSY: Record<Language, { title: string; text: string }> = {
  en: {
    title: 'Many shoppers at once',
    text: 'One moment, please: this page tries again by itself. What you hold stays held.',
  },
  de: {
    title: 'Gerade sind viele da',
    text: 'Einen Moment, bitte: Diese Seite versucht es von selbst wieder. Was für dich zurückgelegt ist, bleibt es.',
  },
};

/** What is said when even the layout failed: apart from all other words, since every page loads it. */
export const FAILURE: Record<Language, { title: string; text: string; again: string }> = {
  en: {
    title: 'That did not work',
    text: 'Something went wrong on our side. Nothing you hold or bought is affected.',
    again: 'Try again',
  },
  de: {
    title: 'Das hat nicht geklappt',
    text: 'Bei uns ist etwas schiefgegangen. Was für dich zurückgelegt ist oder was du gekauft hast, ist davon nicht betroffen.',
    again: 'Noch einmal versuchen',
  },
};
