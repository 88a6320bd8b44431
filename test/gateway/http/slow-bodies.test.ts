// Request bodies must move: exactly at the limit they go on, one byte below they are answered 408.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlowBodies } from '../../../gateway/http/slow-bodies.ts';

let server: Server;
let socket: Socket;
let bodies: SlowBodies;
let now = 0;
let req: IncomingMessage | undefined;
let answer = '';
let read = true;

beforeEach(async () => {
  now = 0;
  req = undefined;
  answer = '';
  read = true;
  bodies = new SlowBodies({ bytes: 1_000, within: 30_000, now: () => now });
  server = createServer((request, response) => {
    bodies.watch(request, response);
    req = request;
    if (read) request.resume();
    request.on('end', () => response.end('done'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('data', (part) => {
    answer += part.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n');
  await vi.waitFor(() => expect(req).toBeDefined());
});
afterEach(async () => {
  bodies.stop();
  socket.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function send(bytes: number): Promise<void> {
  const before = req!.socket.bytesRead;
  socket.write(Buffer.alloc(bytes, 'x'));
  await vi.waitFor(() => expect(req!.socket.bytesRead - before).toBe(bytes));
}

describe('a request body', () => {
  it.each([
    [999, true],
    [1_000, false],
    [1_001, false],
  ])('of which %i of 1000 bytes came in time is refused: %s', async (bytes, refused) => {
    await send(bytes);
    now = 29_999;
    bodies.look();
    expect(answer).toBe('');
    now = 30_000;
    bodies.look();
    if (refused) await vi.waitFor(() => expect(answer).toMatch(/^HTTP\/1\.1 408 /));
    else {
      // And the same again for the next stretch of time.
      await send(1_000);
      now = 60_000;
      bodies.look();
      await send(5_000 - 1_000 - bytes);
      await vi.waitFor(() => expect(answer).toContain('done'));
      now = 120_000;
      bodies.look();
      expect(answer).toContain('200 OK');
    }
  });

  it('that we do not take ourselves is not the client’s fault', async () => {
    req!.pause();
    await send(500);
    now = 30_000;
    bodies.look();
    now = 60_000;
    bodies.look();
    req!.resume();
    await send(4_500);
    await vi.waitFor(() => expect(answer).toContain('done'));
  });
});
