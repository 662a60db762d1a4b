import net from 'node:net';
import { freePort } from '#scripts/services/ports.ts';

const DEFAULT_PORT = 3000;

/**
 * The port that the shop will listen on: PORT, 3000 without it, any free one for 0.
 * Throws with what to do when it cannot be used: shoppers know the address, so another one is never taken silently.
 */
export async function claimWebPort(wished = process.env.PORT): Promise<number> {
  const port = wished ? Number(wished) : DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT=${wished} is not a port number.`);
  if (port === 0) return freePort();
  const problem = (await tryPort(port)) ?? (await tryPort(port, '127.0.0.1'));
  if (problem === 'EADDRINUSE') {
    throw new Error(
      `Port ${port} is in use by another program. Stop that, or choose another: PORT=${port + 1} npm start`,
    );
  }
  if (problem === 'EACCES') throw new Error(`Port ${port} needs more rights than you have. Try: PORT=3000 npm start`);
  return port;
}

/** Listen for a moment, on all addresses unless one is named. @returns the error's code, or undefined when it worked */
function tryPort(port: number, host?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
