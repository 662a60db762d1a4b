import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: { context: string; target: string };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const read = (): Compose => parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const schema = JSON.parse(readFileSync(path.join(import.meta.dirname, 'compose-spec/schema.json'), 'utf8'));
// Its formats ("duration", "expose") are the specification's own.
const fitsSchema = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

let compose: Compose;
beforeAll(() => {
  compose = read();
});
const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

test('docker-compose.yml fits the published schema', () => {
  fitsSchema(compose);
  expect(fitsSchema.errors).toBeNull();
});

test('the schema refuses what Docker would refuse', () => {
  const spoil = (change: (services: Record<string, Record<string, unknown>>) => void) => {
    const spoiled = read();
    change(spoiled.services as unknown as Record<string, Record<string, unknown>>);
    return fitsSchema(spoiled);
  };
  expect(spoil(() => {})).toBe(true);
  expect(spoil(({ web }) => Object.assign(web ?? {}, { prots: ['3000:3000'] }))).toBe(false);
  expect(spoil(({ mongo }) => Object.assign(mongo ?? {}, { healthcheck: { test: 5 } }))).toBe(false);
  expect(spoil(({ worker }) => Object.assign(worker ?? {}, { depends_on: { redis: { condition: 'soon' } } }))).toBe(
    false,
  );
});

test('nothing is reachable from another machine, and the databases from this one neither', () => {
  const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  );
  expect(published).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own way of writing a variable
    'web 127.0.0.1:${PORT:-3000}:3000',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the same
    'sandbox 127.0.0.1:${SANDBOX_PORT:-3001}:3001',
  ]);
});

test('no secret has a default: without one, Compose refuses to start', () => {
  for (const name of ['web', 'worker', 'sandbox', 'prepare']) {
    const environment = service(name).environment ?? {};
    for (const secret of ['ADMIN_API_KEY', 'NEXTAUTH_SECRET', 'SANDBOX_WEBHOOK_SECRET']) {
      expect(environment[secret]).toMatch(new RegExp(`^\\$\\{${secret}:\\?.+\\}$`));
    }
  }
});

test('every setting of .env.example can be given to the containers', () => {
  const given = Object.keys(service('web').environment ?? {});
  const settings = Object.keys(parseEnv(readFileSync('.env.example', 'utf8')));
  expect(settings.filter((name) => name !== 'PORT' && !given.includes(name))).toEqual([]);
});

test('Redis and MongoDB keep what they acknowledge, on volumes that outlive them', () => {
  const redis = service('redis').command?.join(' ') ?? '';
  for (const setting of ['--appendonly yes', '--appendfsync everysec', '--maxmemory-policy noeviction']) {
    expect(redis).toContain(setting);
  }
  expect(redis).toContain('--notify-keyspace-events Ex');
  expect(service('mongo').command?.join(' ')).toContain('--replSet rs0');
  expect(service('web').environment?.MONGODB_URI).toContain('replicaSet=rs0');
  const mounts = [...(service('redis').volumes ?? []), ...(service('mongo').volumes ?? [])];
  expect(mounts.map((mount) => mount.split(':')[1])).toEqual(['/data', '/data/db', '/data/configdb']);
  expect(mounts.map((mount) => mount.split(':')[0]).sort()).toEqual(Object.keys(compose.volumes).sort());
});

test('the shop waits for healthy databases and for the indexes', () => {
  for (const name of ['redis', 'mongo']) expect(service(name).healthcheck?.test?.length).toBeGreaterThan(1);
  expect(service('mongo').healthcheck?.test?.join(' ')).toMatch(/rs\.initiate.*host: 'mongo:27017'/s);
  expect(service('prepare').depends_on).toEqual({
    redis: { condition: 'service_healthy' },
    mongo: { condition: 'service_healthy' },
  });
  for (const name of ['web', 'worker']) {
    expect(service(name).depends_on).toEqual({ prepare: { condition: 'service_completed_successfully' } });
  }
});

/** The Dockerfile's instructions by stage, continued lines joined. */
function stages(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] = [];
  const lines = readFileSync('Dockerfile', 'utf8')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  for (const line of lines.filter((text) => text !== '' && !text.startsWith('#'))) {
    const name = /^FROM \S+ AS (\S+)$/.exec(line)?.[1];
    if (name) {
      current = [line];
      found.set(name, current);
    } else current.push(line);
  }
  return found;
}

test('each image that Compose builds is a stage of the Dockerfile that runs without root and says how it is', () => {
  const targets = Object.values(compose.services).flatMap(({ build }) => (build ? [build.target] : []));
  expect([...new Set(targets)].sort()).toEqual(['sandbox', 'web', 'worker']);
  for (const target of targets) {
    const lines = stages().get(target) ?? [];
    expect(lines).toContain('USER 1000:1000');
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(lines.at(-1)).toMatch(/^CMD \["node", "[\w/.]+"\]$/);
  }
});

test('all that the Dockerfile copies or runs is here, and no secret gets into an image', () => {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['.env*', '.data', '.git', 'node_modules']));
  const lines = [...stages().values()].flat();
  const copied = lines
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(' ').slice(1, -1))
    .filter((source) => source !== '.');
  expect(copied.length).toBeGreaterThan(8);
  for (const source of copied) {
    expect(existsSync(source), `${source} exists`).toBe(true);
    expect(ignored).not.toContain(source);
  }
  const programs = lines.flatMap((line) => /\["node", "([\w/.-]+\.ts)"\]/.exec(line)?.[1] ?? []);
  expect(programs.sort()).toEqual(['sandbox/index.ts', 'scripts/worker-health.ts', 'server.ts', 'worker/index.ts']);
  for (const program of programs) expect(existsSync(program), `${program} exists`).toBe(true);
});

/** What a stage has of the project: what it and the stages below it copy, but for what another stage built. */
function copiedInto(name: string): string[] {
  const lines = stages().get(name) ?? [];
  const below = /^FROM (\S+) /.exec(lines[0] ?? '')?.[1] ?? '';
  const own = lines.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1));
  return [...(stages().has(below) ? copiedInto(below) : []), ...own];
}

/** Every file of the project that a program loads when it starts, and every package. */
function loadedBy(program: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const load = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    const names = [
      ...text.matchAll(/^(?:import|export) (?!type\b)(?:[^;']*? from )?'([^']+)';$|\bimport\('([^']+)'\)/gm),
    ];
    for (const name of names.map((found) => found[1] ?? found[2]!)) {
      if (name.startsWith('#')) load(name.slice(1));
      else if (name.startsWith('.')) load(path.join(path.dirname(file), /\.\w+$/.test(name) ? name : `${name}.ts`));
      else if (!name.startsWith('node:')) packages.add(name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
    }
  };
  load(program);
  return { files, packages };
}

test('each image has every file and every package that its programs load', () => {
  const programs: Record<string, string[]> = {
    web: ['server.ts', 'next.config.ts'],
    worker: ['worker/index.ts', 'scripts/worker-health.ts', 'scripts/seed.ts', 'scripts/audit.ts', 'scripts/admin.ts'],
    sandbox: ['sandbox/index.ts'],
  };
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const missing = Object.entries(programs).flatMap(([stage, started]) => {
    const copied = copiedInto(stage);
    return started.flatMap((program) => {
      const { files, packages } = loadedBy(program);
      const away = [...files].filter((file) => !copied.some((part) => file === part || file.startsWith(`${part}/`)));
      return [...away, ...[...packages].filter((name) => !(name in dependencies))].map((what) => `${stage}: ${what}`);
    });
  });
  expect(missing).toEqual([]);
  expect(loadedBy('server.ts').files.size).toBeGreaterThan(100);
});

test("the image's Node is the one that the project brings elsewhere", () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const major = dependencies.node.split('.')[0];
  expect(stages().get('base')?.[0]).toMatch(new RegExp(`^FROM node:${major}-\\S+ AS base$`));
});
