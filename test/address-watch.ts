// Watches what reaches an upstream of a test: no session address may be in any byte of it, heads, bodies and messages alike.
import type { Server, Socket } from 'node:net';
import { readMessages } from './client-messages.ts';

/** The gateways of all tests have their session addresses below `cobrowse.`something. */
const ADDRESS = /[a-z2-7]{16}\.cobrowse\.[\w.:-]*/;
/** As much of what came before as an address and the sentence around it need. */
const KEPT = 200;

export interface AddressWatch {
  /** @throws Error that shows where an address arrived */
  check(): void;
}

/** @param server before it listens; of TLS or not */
export function watchAddresses(server: Server): AddressWatch {
  const found: string[] = [];
  const watch = (): ((part: Buffer) => void) => {
    let before = '';
    return (part) => {
      const text = before + part.toString('latin1').toLowerCase();
      const at = text.search(ADDRESS);
      if (at >= 0) found.push(text.slice(Math.max(0, at - KEPT), at + KEPT));
      before = at < 0 ? text.slice(-KEPT) : '';
    };
  };
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
    const read = watch();
    let messages: ((bytes: Buffer) => void) | undefined;
    socket.on('data', (part: Buffer) => {
      if (messages) return messages(part);
      read(part);
      if (/^upgrade: *websocket\r$/im.test(part.toString('latin1'))) messages = readMessages(watch());
    });
  });
  return {
    check() {
      if (found.length > 0)
        throw new Error(`Session addresses reached an upstream:\n${found.slice(0, 3).join('\n\n')}`);
    },
  };
}
