// A slow line: a TCP relay that hands every byte on later, in order, in both directions.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DelayRelay {
  port: number;
  /** ms each way, for what comes from now on. */
  delay: number;
  stop(): Promise<void>;
}

/** Relays connections to a port of this machine. @param delay ms each way */
export async function startDelayRelay(target: number, delay: number): Promise<DelayRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      sockets.add(from);
      from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), relay.delay));
      from.on('end', () => setTimeout(() => to.end(), relay.delay));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay: DelayRelay = {
    port: (server.address() as AddressInfo).port,
    delay,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}
