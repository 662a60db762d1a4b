import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { LIMITS } from '#lib/limits.ts';

/** Every script under lua/, one transition or one look each. */
export const SCRIPTS = [
  'reserve',
  'release',
  'commit',
  'restore',
  'extend',
  'mint',
  'configure',
  'read-hold',
  'due',
  'counts',
  'inspect',
  'rebuild-clear',
  'rebuild-order',
  'rebuild-stock',
  'rebuild-finish',
] as const;

export type ScriptName = (typeof SCRIPTS)[number];

/** A reply of a script: a word, then its values. */
export type Reply = [string, ...unknown[]];

/** Thrown when a script answers something that its caller has no case for. */
export class UnknownReplyError extends Error {
  override name = 'UnknownReplyError';
  constructor(script: string, reply: unknown) {
    super(`lua/${script}.lua answered ${JSON.stringify(reply)}`);
  }
}

/**
 * A script's text as Redis gets it: its own first line (`#!lua` and flags), the prelude, the rest.
 * @param name file name under lua/ without its ending
 */
export function scriptSource(name: ScriptName): string {
  const read = (file: string) => readFileSync(join(process.cwd(), 'lua', `${file}.lua`), 'utf8');
  const [first, ...rest] = read(name).split('\n');
  return [first, read('prelude'), ...rest].join('\n');
}

export type RunScript = (name: ScriptName, keys: string[], args: (string | number)[]) => Promise<Reply>;

/**
 * Register every script on a connection.
 * @returns a function that runs one by name with its declared keys
 */
export function defineScripts(redis: Redis): RunScript {
  const sources = new Map(SCRIPTS.map((name) => [name, scriptSource(name)]));
  for (const [name, lua] of sources) redis.defineCommand(commandName(name), { lua });
  const run: RunScript = async (name, keys, args) => {
    const command = Reflect.get(redis, commandName(name)) as (...given: unknown[]) => Promise<Reply>;
    try {
      return await command.call(redis, keys.length, ...keys, ...args);
    } catch (error) {
      // A pipelined EVALSHA is not repeated by ioredis when somebody flushed the scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(sources.get(name)!, keys.length, ...keys, ...args)) as Reply;
    }
  };
  return (name, keys, args) => inTime(run(name, keys, args));
}

/** The client's own timeout begins when a command is sent: behind a pipeline that hangs, a caller would wait twice as long. */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('Command timed out')), LIMITS.redisCommandMs);
    answer.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

/** ioredis has commands of its own named restore and reserve-like; ours carry a prefix. */
function commandName(name: ScriptName): string {
  return `holdfast:${name}`;
}
