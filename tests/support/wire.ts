import { connect, type Socket } from 'node:net';

/** A connection that says what it likes, and keeps what it has read. */
export interface Wire {
  socket: Socket;
  /** What has come so far, a byte a character. */
  text(): string;
  /** Resolves when the connection is over, however it ended. */
  over: Promise<void>;
}

/** Open a connection to a web process. A reset by the other side is an end like any other. */
export function wire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    const over = new Promise<void>((end) => socket.once('close', () => end()));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.once('error', reject);
    socket.on('error', () => {});
    socket.once('connect', () => resolve({ socket, text: () => text, over }));
  });
}

/** Say all of it, and read until the other side hangs up. */
export async function exchangeRaw(url: string, request: string | Buffer): Promise<string> {
  const { socket, text, over } = await wire(url);
  socket.write(request);
  await over;
  return text();
}
