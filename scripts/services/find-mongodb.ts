import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { releaseLine, type ServerVersion, serverName } from '#lib/server-versions.ts';
import { type DataPlace, folderName, readWriter, recordWriter } from '#scripts/services/data-writer.ts';
import type { Log } from '#scripts/services/log.ts';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { findMongod, findMongodFor, localMongods } from '#scripts/services/mongodb-program.ts';
import { freePort } from '#scripts/services/ports.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';
import { EndedEarlyError } from '#scripts/services/service-process.ts';

/**
 * The MongoDB that MONGODB_URI names (`server` is then absent and is not ours to stop), else one of our own on the data of the
 * last start. These data are the shop's orders: they are never set aside.
 * @throws when no mongod here may open the data, or the one that may cannot: the message says what to do
 */
export async function findOrStartMongo(place: DataPlace): Promise<{ url: string; server?: RunningMongo }> {
  const url = process.env.MONGODB_URI;
  if (url) return { url };
  const { dataDir, log } = place;
  const dir = path.join(dataDir, 'mongodb');
  const hasData = existsSync(path.join(dir, 'db', 'WiredTiger'));
  const writer = hasData ? await mongoWriter(dir) : undefined;
  const program = writer ? await programFor(writer, dir, log) : await findMongod(log);
  const port = await freePort(place.port);
  try {
    const server = await startMongo({ dir, port, log, program, ownGroup: true });
    recordWriter(dir, program);
    return { url: server.url, server };
  } catch (error) {
    if (!(error instanceof EndedEarlyError) || !hasData) throw error;
    const whose = writer ? `, written by ${serverName(writer)}` : '';
    throw new Error(
      `${serverName(program)} does not start on ${folderName(dir)}${whose}. ${error.message}\n${whatToDo(dir, writer, program)}`,
    );
  }
}

async function programFor(writer: ServerVersion, dir: string, log: Log): Promise<ServerProgram> {
  const program = await findMongodFor(writer, log);
  if (program) {
    if (releaseLine(program.version) !== releaseLine(writer.version)) {
      log(
        `${folderName(dir)} was written by ${serverName(writer)}; ${serverName(program)}, the next release, opens it from now on`,
      );
    }
    return program;
  }
  const here = (await localMongods()).map(({ file, version }) => `  - ${file} is ${version}`);
  throw new Error(
    [
      `${folderName(dir)} was written by ${serverName(writer)}. Only a mongod of that release or of the next one may open it; here are:`,
      ...(here.length > 0 ? here : ['  - none']),
      whatToDo(dir, writer),
    ].join('\n'),
  );
}

/** The server that wrote a data folder: by its record, else by its log (a folder from before there were records). */
async function mongoWriter(dir: string): Promise<ServerVersion | undefined> {
  return readWriter(dir) ?? logWriter(path.join(dir, 'mongod.log'));
}

/** The version of the last mongod in a log that opened its data: it said its version first, and then that it listens. */
async function logWriter(file: string): Promise<ServerVersion | undefined> {
  if (!existsSync(file)) return undefined;
  let started: string | undefined;
  let opened: string | undefined;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.includes('"msg":"Build Info"')) started = /"version":"(\d+(?:\.\d+)+)/.exec(line)?.[1];
    if (line.includes('"msg":"Waiting for connections"')) opened = started;
  }
  return opened ? { server: 'MongoDB', version: opened } : undefined;
}

/** @param tried the program that did not start on the folder */
function whatToDo(dir: string, writer: ServerVersion | undefined, tried?: ServerVersion): string {
  const release = writer && releaseLine(writer.version);
  return [
    'The folder holds the orders, so it was left as it is. Do one of these, then start again:',
    tried && release === releaseLine(tried.version)
      ? '  - if its files are damaged, put a backup of the folder in its place'
      : `  - install MongoDB ${release ?? 'in the version that wrote it'}, so that its mongod is on PATH`,
    '  - name a MongoDB that has these orders: MONGODB_URI=… npm start',
    `  - to begin without them, move ${folderName(dir)} away yourself`,
  ].join('\n');
}
