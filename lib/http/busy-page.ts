/** What the page says, by language. */
export type BusyWords = Record<string, { title: string; text: string }>;

/**
 * A refusal for somebody's eyes: the same status and headers, with words and a browser that asks again by itself.
 * @param refusal an answer with Retry-After, in seconds
 * @param words of the shop, no customer's: they become HTML as they are
 */
export function busyPage(refusal: Response, words: BusyWords): Response {
  const seconds = Number(refusal.headers.get('retry-after') ?? 1);
  const headers = new Headers(refusal.headers);
  headers.set('content-type', 'text/html; charset=utf-8');
  const said = Object.entries(words).map(
    ([language, { title, text }]) => `<section lang="${language}"><h1>${title}</h1><p>${text}</p></section>`,
  );
  return new Response(
    `<!doctype html>
<html lang="${Object.keys(words)[0]}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${seconds}">
<title>${Object.values(words)[0]?.title}</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
  body { display: grid; place-content: center; gap: 2rem; min-height: 100dvh; margin: 0; padding: 1rem; text-align: center }
  h1 { font-size: 1.5rem }
</style>
<main>${said.join('')}</main>
</html>`,
    { status: refusal.status, headers },
  );
}
