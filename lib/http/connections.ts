import type { Server, Socket } from 'node:net';
import { bare, neighbourhood } from '#lib/http/address.ts';

/**
 * Let each neighbourhood have so many connections at a time; one more is hung up on before anything of it is read, so that no
 * single address takes all that the process accepts. Not behind a proxy, whose connections are everybody's.
 */
export function boundConnections(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.prependListener('connection', (socket: Socket) => {
    const from = neighbourhood(bare(socket.remoteAddress ?? ''));
    const count = (open.get(from) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(from, count);
    socket.once('close', () => {
      const left = open.get(from)! - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
  });
}
