import { expect, test, vi } from 'vitest';
import { GET } from '#app/api/openapi.json/route.ts';
import { routes } from '#app/api/openapi.json/routes.ts';
import { openApi } from '#lib/http/openapi.ts';
import { world } from '#tests/support/world.ts';

vi.mock('#lib/http/openapi.ts', async (original) => {
  const real = await original<typeof import('#lib/http/openapi.ts')>();
  return { ...real, openApi: vi.fn(real.openApi) };
});

test('the description is made once in a process’s life, and is the same for everybody', async () => {
  await world();
  const ask = () => GET(new Request('http://shop/api/openapi.json'));
  const answers = [await ask(), ...(await Promise.all(Array.from({ length: 20 }, ask)))];
  expect(vi.mocked(openApi)).toHaveBeenCalledTimes(1);
  const [first, ...others] = await Promise.all(answers.map((answer) => answer.text()));
  expect(new Set(others)).toEqual(new Set([first]));
  expect(JSON.parse(first!)).toEqual(JSON.parse(JSON.stringify(openApi(routes))));
  for (const { status, headers } of answers) {
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(headers.get('cache-control')).toContain('no-store');
  }
});
