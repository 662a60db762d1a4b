import { metrics } from '#lib/http/metrics.ts';
import { onlyAnswers, route } from '#lib/http/route.ts';

/** Prometheus: figures of the process and of the stock, nobody's data. */
export const GET = route({ who: 'anyone' }, async ({ shop }) => metrics(shop));

const other = onlyAnswers('GET');

export { other as DELETE, other as OPTIONS, other as PATCH, other as POST, other as PUT };
