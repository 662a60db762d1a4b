import net from 'node:net';

/** A TCP proxy in front of a server that lets it look like another version. */
export interface VersionProxy {
  port: number;
  close(): Promise<void>;
}

/**
 * Start a proxy on loopback that replaces a text in everything that the server answers.
 * @param port of the server
 * @param from replaced by `to`, which must have the same length
 */
export async function versionProxy(port: number, from: string, to: string): Promise<VersionProxy> {
  if (from.length !== to.length) throw new Error(`"${from}" and "${to}" must have the same length`);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      client.write(Buffer.from(chunk.toString('latin1').replaceAll(from, to), 'latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
