import { metrics } from '#lib/http/metrics.ts';
import { route } from '#lib/http/route.ts';

/** Prometheus: figures of the process and of the stock, nobody's data. */
export const GET = route({ who: 'anyone' }, async ({ shop }) => metrics(shop));
