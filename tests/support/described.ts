import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { routes } from '#app/api/openapi.json/routes.ts';
import { type Operation, openApi } from '#lib/http/openapi.ts';
import type { Answer } from '#tests/support/http.ts';

const { paths, components } = openApi(routes);
const ajv = new Ajv2020({
  strict: false,
  formats: { 'date-time': isInstant, uri: URL.canParse, uuid: /^[0-9a-f-]{36}$/ },
});
const isProblem = ajv.compile(components.schemas.Problem as object);
const compiled = new Map<object, ValidateFunction>();

function isInstant(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

const addresses = Object.entries(paths)
  .map(([path, operations]) => ({
    path,
    operations,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length); // /api/cart/add is not a cart's id

/**
 * An answer of the API must be one that its description names: status, kind and every member of its body. It must not be kept
 * by anybody on its way, and it must not be a failure of the shop.
 * @throws when it is not; the message says what is missing where
 */
export function expectDescribed(method: string, target: string, answer: Answer): void {
  const path = target.split('?', 1)[0]!;
  if (!path.startsWith('/api/') || method === 'HEAD' || answer.status === 0) return;
  const say = (what: string) =>
    new Error(
      `${method} ${path.slice(0, 100)} answered ${answer.status}: ${what}\n${JSON.stringify(answer.body).slice(0, 500)}`,
    );
  if (!String(answer.headers['cache-control'] ?? '').includes('no-store'))
    throw say('an answer of the API that may be cached');
  if (answer.status >= 400) {
    if (answer.headers['content-type'] !== 'application/problem+json') throw say('an error that is no problem+json');
    if (!isProblem(answer.body)) throw say(`a problem with ${ajv.errorsText(isProblem.errors)}`);
    return;
  }
  const operation = addresses.find(({ pattern }) => pattern.test(path))?.operations[method.toLowerCase()];
  if (!operation)
    throw say('not described: add it to app/api/openapi.json/routes.ts, its answer to lib/http/answers.ts');
  const wrong = misfit(operation, answer);
  if (wrong) throw say(wrong);
}

function misfit({ responses }: Operation, { status, headers, body }: Answer): string | undefined {
  const described = responses[status];
  if (!described) return `that status is not described: add it to app/api/openapi.json/routes.ts`;
  const [type, kept] = Object.entries(described.content ?? {})[0] ?? [];
  if (!type || !kept) return body === '' ? undefined : 'a body where none is described';
  if (!String(headers['content-type']).startsWith(type)) return `${headers['content-type']}, not ${type}`;
  if (type !== 'application/json') return undefined;
  const validate = compiled.get(kept.schema) ?? ajv.compile(kept.schema);
  compiled.set(kept.schema, validate);
  return validate(body) ? undefined : `not as described in lib/http/answers.ts: ${ajv.errorsText(validate.errors)}`;
}
