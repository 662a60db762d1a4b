import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePort, isPortFree } from '#scripts/services/ports.ts';
import { claimSandboxPort, claimWebPort } from '#scripts/start/web-port.ts';

const servers: net.Server[] = [];
const occupy = (host?: string) =>
  new Promise<number>((resolve) => {
    const server = net
      .createServer()
      .listen({ port: 0, host }, () => resolve((server.address() as net.AddressInfo).port));
    servers.push(server);
  });

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

test.each([undefined, '127.0.0.1'])('a port that a program on %s has is refused, with what to do', async (host) => {
  const port = await occupy(host);
  await expect(claimWebPort(String(port))).rejects.toThrow(`Port ${port} is in use`);
  await expect(claimWebPort(String(port))).rejects.toThrow(`PORT=${port + 1} npm start`);
});

test('a free port is taken as it is, and left free', async () => {
  const port = await freePort();
  expect(await claimWebPort(String(port))).toBe(port);
  expect(await isPortFree(port)).toBe(true);
});

test('0 means any free one, and nonsense is refused', async () => {
  expect(await claimWebPort('0')).toBeGreaterThan(0);
  for (const wrong of ['http', '70000', '-1', '3.5']) {
    await expect(claimWebPort(wrong)).rejects.toThrow('is not a port number');
  }
});

test('Redis and MongoDB silently get another port when theirs is taken', async () => {
  const taken = await occupy('127.0.0.1');
  expect(await freePort(taken)).not.toBe(taken);
  const free = await freePort();
  expect(await freePort(free)).toBe(free);
});

test('the test bank takes its own port, another free one when that is taken, and never one that was named and is taken', async () => {
  const taken = await occupy();
  await expect(claimSandboxPort(3000, String(taken))).rejects.toThrow(`SANDBOX_PORT=${taken + 1} npm start`);
  const free = await freePort();
  expect(await claimSandboxPort(3000, String(free))).toBe(free);
  expect(await claimSandboxPort(3000, '', free)).toBe(free);
  expect(await claimSandboxPort(free, '', free), 'the shop has it').not.toBe(free);
  expect(await claimSandboxPort(free, String(free), free), 'the shop has it').not.toBe(free);
  expect(await claimSandboxPort(3000, '', taken), 'another program has it').not.toBe(taken);
});
