import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';

/** What the bank answers; `hangUp` cuts the connection instead, so that the caller never learns what came of its call. */
export interface Reply {
  status: number;
  json?: unknown;
  html?: string;
  headers?: Record<string, string>;
  hangUp?: boolean;
}

/** Thrown while a request is read; becomes its answer. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws {Refusal} 413 past LIMITS.bodyBytes */
export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > LIMITS.bodyBytes) throw new Refusal(413, 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws {Refusal} 400 when it is no JSON or does not fit */
export async function readJson<T>(req: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(req);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
  return parseAs(value, schema);
}

/** @throws {Refusal} 400 when it does not fit */
export function parseAs<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, z.prettifyError(parsed.error).slice(0, LIMITS.detailLength));
}
