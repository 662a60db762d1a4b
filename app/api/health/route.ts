import { json, route } from '#lib/http/route.ts';

/** Liveness: this process answers. */
export const GET = route({ who: 'anyone', rate: 'none' }, async () => json(200, { status: 'ok' }));
