import { z } from 'zod';
import { problem } from '#lib/http/answers.ts';
import type { RouteModule } from '#lib/http/lane.ts';
import { type Rules, rulesOf } from '#lib/http/route.ts';
import { LIMITS } from '#lib/limits.ts';
import { RATES } from '#lib/rates/index.ts';

/** What an answer of one status is made of: JSON, text of some other kind, or nothing. */
export type Answered = z.ZodType | 'text/event-stream' | 'text/plain' | 'nothing';

/** One method of one address: what it does, and its answers that are no problem. */
export interface Described {
  summary: string;
  answers: Record<number, Answered>;
  /** What the handler reads of the body by itself: by kind of content, what it is parsed with. Without it the rules say it. */
  sent?: Record<string, z.ZodType>;
  /** Headers that count here; all of them may be missing as far as the form goes. */
  headers?: Header[];
}

export type Header = 'Idempotency-Key' | 'Holdfast-Signature' | 'Stripe-Signature';

/** An address of the API: its handlers, whose own schemas are read, and the words for each method. */
export interface DescribedRoute {
  /** Like `/api/orders/[id]`. */
  path: string;
  module: RouteModule;
  methods: Partial<Record<keyof RouteModule, Described>>;
}

type Schema = Record<string, unknown>;

export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Schema; securitySchemes: Schema };
}

export interface Operation {
  summary: string;
  description: string;
  security: Schema[];
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** The API in OpenAPI 3.1, from the schemas that the handlers parse with and those of their answers. */
export function openApi(routes: DescribedRoute[]): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const { path, module, methods } of routes) {
    const operations: Record<string, Operation> = {};
    for (const [method, described] of Object.entries(methods)) {
      const rules = rulesOf(module[method as keyof RouteModule]);
      if (!rules) throw new Error(`${method} ${path} is described, but there is no such handler`);
      operations[method.toLowerCase()] = operation(path, method, described, rules);
    }
    paths[path.replaceAll(/\[(\w+)\]/g, '{$1}')] = operations;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1',
      description:
        'Amounts are integer minor units, times ISO 8601 in UTC. Every error is application/problem+json (RFC 9457) with a ' +
        'stable code; 429 and 503 carry Retry-After. A guest is a signed cookie, set by the first cart or checkout call.',
    },
    paths,
    components: {
      schemas: { Problem: toSchema(problem, 'output') },
      securitySchemes: {
        guest: { type: 'apiKey', in: 'cookie', name: 'holdfast-guest' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
        adminKey: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const WHO: Record<Rules['who'], { words: string; security: Schema[] }> = {
  anyone: { words: 'Anyone may call.', security: [] },
  guest: { words: 'Whoever calls without a cookie becomes a guest.', security: [{}, { guest: [] }, { session: [] }] },
  customer: {
    words: 'Answers what is the customer’s own; nobody finds nothing.',
    security: [{ guest: [] }, { session: [] }, { adminKey: [] }],
  },
  account: { words: 'For whoever is signed in.', security: [{ session: [] }] },
  viewer: { words: 'For the merchant’s viewers.', security: [{ session: [] }, { adminKey: [] }] },
  admin: { words: 'The merchant’s.', security: [{ session: [] }, { adminKey: [] }] },
};

function operation(path: string, method: string, described: Described, rules: Rules): Operation {
  const { summary, answers, headers = [] } = described;
  const sent = described.sent ?? (rules.body ? { 'application/json': rules.body } : undefined);
  const who = WHO[rules.who];
  const rate = rules.rate ?? (method === 'GET' ? 'read' : 'change');
  const limits = Object.entries(RATES[rate]).filter(([by]) => by !== 'customer' || rules.who !== 'anyone');
  const said = limits.map(([by, { points, windowSeconds }]) => `${points} in ${windowSeconds} s by ${by}`);
  return {
    summary,
    description: [who.words, said.length > 0 ? `At most ${said.join(', ')}.` : ''].filter(Boolean).join(' '),
    security: who.security,
    parameters: [...parameters(path, rules), ...headers.map(inHeader)],
    ...(sent ? { requestBody: { required: true, content: toContent(sent) } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answered]) => [status, response(answered)])),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function response(answered: Answered): Operation['responses'][string] {
  if (answered === 'nothing') return { description: 'Done' };
  if (typeof answered === 'string')
    return { description: 'Text', content: { [answered]: { schema: { type: 'string' } } } };
  return { description: 'Done', content: { 'application/json': { schema: toSchema(answered, 'output') } } };
}

function parameters(path: string, { params, query }: Rules): Operation['parameters'] {
  const members = (schema: z.ZodType | undefined) =>
    Object.entries((schema ? (toSchema(schema, 'input').properties as Record<string, Schema>) : undefined) ?? {});
  const ofPath = new Map(members(params));
  return [
    ...[...path.matchAll(/\[(\w+)\]/g)].map(([, name]) => ({
      name: name!,
      in: 'path' as const,
      required: true,
      schema: ofPath.get(name!) ?? { type: 'string' },
    })),
    ...members(query).map(([name, schema]) => ({ name, in: 'query' as const, required: false, schema })),
  ];
}

const inHeader = (name: Header) => ({
  name,
  in: 'header' as const,
  required: false,
  schema: { type: 'string', ...(name === 'Idempotency-Key' ? { maxLength: LIMITS.keyLength } : {}) },
});

const toContent = (sent: Record<string, z.ZodType>) =>
  Object.fromEntries(Object.entries(sent).map(([type, schema]) => [type, { schema: toSchema(schema, 'input') }]));

/** What comes in is described as it is sent, before anything is made of it. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;
  return rest;
}
