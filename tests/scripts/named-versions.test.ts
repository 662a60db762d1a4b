import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MONGODB_SERVERS, REDIS_SERVERS, SERVER_VERSIONS, TESTED_SERVERS } from '#lib/server-versions.ts';

test('the documents, the examples and the scripts name these versions and no others', () => {
  const documents = ['README.md', '.env.example', 'docker-compose.yml'];
  const scripts = readdirSync('scripts/services').map((name) => `scripts/services/${name}`);
  const floors = Object.entries(SERVER_VERSIONS).map(([server, { oldest }]) => `${server} ${oldest}+`);
  for (const file of [...documents, ...scripts]) {
    const named = [...readFileSync(file, 'utf8').matchAll(/\b(?:Redis|Valkey|MongoDB) \d[\d.]*\+/g)].map(
      ([name]) => name,
    );
    for (const name of named) expect(floors, `${file} names ${name}`).toContain(name);
  }
  for (const file of ['README.md', '.env.example']) {
    const text = readFileSync(file, 'utf8').replace(/\s+/g, ' ');
    for (const named of [REDIS_SERVERS, MONGODB_SERVERS, TESTED_SERVERS]) expect(text, file).toContain(named);
  }
});
