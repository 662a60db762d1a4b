import { answersNothing } from '#lib/http/route.ts';

/** No such call: the same problem for every method. */
const notFound = answersNothing();

export {
  notFound as DELETE,
  notFound as GET,
  notFound as OPTIONS,
  notFound as PATCH,
  notFound as POST,
  notFound as PUT,
};
