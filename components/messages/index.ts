/** Every word of the shop, by language. `useMessages` in components of the browser, `messagesIn` on the server. */
export type { Messages } from '#components/messages/en.ts';
export { LANGUAGE_COOKIE, LANGUAGES, type Language, languageOf } from '#components/messages/language.ts';
export { useMessages } from '#components/messages/use-messages.ts';
