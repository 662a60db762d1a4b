import net from 'node:net';
import { freePort } from '#scripts/services/ports.ts';

const DEFAULT_PORT = 3000;
const DEFAULT_SANDBOX_PORT = 3001;

/**
 * The port that the shop will listen on: PORT, 3000 without it, any free one for 0.
 * Throws with what to do when it cannot be used: shoppers know the address, so another one is never taken silently.
 */
export async function claimWebPort(wished = process.env.PORT, name = 'PORT'): Promise<number> {
  const port = wished ? Number(wished) : DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name}=${wished} is not a port number.`);
  if (port === 0) return freePort();
  const problem = (await tryPort(port)) ?? (await tryPort(port, '127.0.0.1'));
  if (problem === 'EADDRINUSE') {
    throw new Error(
      `Port ${port} is in use by another program. Stop that, or choose another: ${name}=${port + 1} npm start`,
    );
  }
  if (problem === 'EACCES')
    throw new Error(`Port ${port} needs more rights than you have. Try: ${name}=3000 npm start`);
  return port;
}

/**
 * Where the test bank will listen: SANDBOX_PORT, and any free one when that is not set and 3001 is taken (shoppers are led
 * there, they do not know the address). Throws like claimWebPort() when the set one cannot be used.
 * @param taken the shop's port
 * @param usual the one to take when none is set
 */
export async function claimSandboxPort(
  taken: number,
  wished = process.env.SANDBOX_PORT,
  usual = DEFAULT_SANDBOX_PORT,
): Promise<number> {
  if (wished && Number(wished) !== taken) return claimWebPort(wished, 'SANDBOX_PORT');
  const isUsable = usual !== taken && (await tryPort(usual)) === undefined;
  return freePort(isUsable ? usual : undefined);
}

/** Listen for a moment, on all addresses unless one is named. @returns the error's code, or undefined when it worked */
function tryPort(port: number, host?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
