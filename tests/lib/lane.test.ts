import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '#lib/http/lane.ts';
import { wire } from '#tests/support/wire.ts';

/** A server whose only answer is a live stream: `next` makes its next part, or nothing at its end. */
async function streaming(next: (res: ServerResponse) => Uint8Array | undefined): Promise<string> {
  const server = createServer((_, res) => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = next(res);
        if (part) controller.enqueue(part);
        else controller.close();
      },
    });
    void send(new Response(body, { headers: { 'content-type': 'text/event-stream' } }), res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a live stream to a slow reader leaves nothing behind at each of its waits', async () => {
  const listeners: number[] = [];
  const part = Buffer.alloc(64 * 1024, 'x');
  let waits = 0;
  const url = await streaming((res) => {
    listeners.push(res.listenerCount('close'));
    if (listeners.length > 100) return undefined;
    if (listeners.length > 1 && res.writableLength === 0) waits++;
    return part;
  });
  const reader = await wire(url);
  reader.socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
  await reader.over;
  expect(reader.text().length).toBeGreaterThan(90 * part.byteLength);
  expect(waits, 'it has waited for the reader').toBeGreaterThan(20);
  expect(Math.max(...listeners)).toBeLessThanOrEqual(Math.min(...listeners) + 1);
});
