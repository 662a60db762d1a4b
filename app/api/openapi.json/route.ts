import { routes } from '#app/api/openapi.json/routes.ts';
import { openApi } from '#lib/http/openapi.ts';
import { onlyAnswers, route } from '#lib/http/route.ts';

/** The description of this API, made of the schemas that its handlers use: once, and the same for everybody. */
export const GET = route({ who: 'anyone' }, async () => {
  description ??= JSON.stringify(openApi(routes));
  return new Response(description, { headers: HEADERS });
});

let description: string | undefined;
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'private, no-store' };

const other = onlyAnswers('GET');

export { other as DELETE, other as OPTIONS, other as PATCH, other as POST, other as PUT };
