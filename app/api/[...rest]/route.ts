import { problem } from '#lib/http/problem.ts';

/** No such call: the same problem for every method. */
const notFound = async () => problem('NOT_FOUND');

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
