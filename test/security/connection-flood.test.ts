// Attack: one address opens connections and says nothing. It gets as many as it may have; those who are known go on.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const MOST = 8;

let test: TestGateway;
const sockets: Socket[] = [];

beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await test?.stop();
});

/** Opens a connection; what it is told is collected. */
async function dial(): Promise<{ socket: Socket; text: () => string }> {
  let text = '';
  const socket = connect(test.gateway.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  socket.on('error', () => {});
  await new Promise((done) => socket.once('connect', done));
  return { socket, text: () => text };
}

it('silent connections fill the share of their address and not the gateway', async () => {
  const { leader, customer, desk } = await test.open();
  await test.editConfig('data: ./data', `data: ./data\nlimits: { connectionsFromLoopback: ${MOST} }`);
  await vi.waitFor(
    () => expect(test.gateway.registry.config.limits.connectionsFromLoopback).toBe(MOST),
    5_000,
  );

  const dialled: Awaited<ReturnType<typeof dial>>[] = [];
  for (let index = 0; index < 3 * MOST; index++) dialled.push(await dial());
  const refused = () => dialled.filter(({ text }) => text().startsWith('HTTP/1.1 429')).length;
  await vi.waitFor(() => expect(refused()).toBeGreaterThanOrEqual(2 * MOST));
  // The sockets of the session, the panel and the console have shown who they are: they take no share.
  expect(refused()).toBeLessThanOrEqual(2 * MOST + 2);

  leader.send({ type: 'chat.send', id: 'f1', text: 'still here' });
  for (const socket of [leader, customer.panel, desk])
    await socket.next('chat.said', ({ message }) => message.text === 'still here');

  for (const socket of sockets) socket.destroy();
  await vi.waitFor(async () => {
    const { socket, text } = await dial();
    socket.write(`GET / HTTP/1.1\r\nHost: ${test.hosts.console}\r\n\r\n`);
    await vi.waitFor(() => expect(text()).not.toBe(''));
    expect(text()).toMatch(/^HTTP\/1\.1 200 /);
  });
});
