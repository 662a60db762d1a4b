import { expect, test } from 'vitest';
import { BUSY } from '#components/messages/failure.ts';
import { busyPage } from '#lib/http/busy-page.ts';
import { tooMany } from '#lib/http/problem.ts';

test('a visitor who asks for too many pages reads why, in words, and the browser asks again when it may', async () => {
  const refusal = tooMany({ name: 'page-address', points: 600, windowSeconds: 60, retryAfterSeconds: 7 });
  const page = busyPage(refusal, BUSY);
  expect(page.status).toBe(429);
  expect(page.headers.get('retry-after')).toBe('7');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-store');
  const html = await page.text();
  expect(html).toContain('<meta http-equiv="refresh" content="7">');
  for (const { title, text } of Object.values(BUSY)) {
    expect(html).toContain(title);
    expect(html).toContain(text);
  }
  expect(html).not.toContain('TOO_MANY_REQUESTS');
});
