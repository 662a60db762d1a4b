import { routes } from '#app/api/openapi.json/routes.ts';
import { openApi } from '#lib/http/openapi.ts';
import { json, onlyAnswers, route } from '#lib/http/route.ts';

/** The description of this API, made of the schemas that its handlers use. It is the same for everybody. */
export const GET = route({ who: 'anyone' }, async () => json(200, openApi(routes)));

const other = onlyAnswers('GET');

export { other as DELETE, other as OPTIONS, other as PATCH, other as POST, other as PUT };
