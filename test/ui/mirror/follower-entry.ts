// Runs in the follower's page of the mirror tests: the mirror, with a socket in place of port and console.
import type { FromView } from '../../../protocol/ports.ts';
import { Mirror } from '../../../ui/mirror/mirror.ts';
import { hashOf, normalise } from './normalise.ts';

const said: FromView[] = [];
const socket = new WebSocket(`ws://${location.host}/follower`);
socket.binaryType = 'arraybuffer';
const mirror = new Mirror({
  place: document.body,
  send: (message) => {
    said.push(message);
    if (message.type === 'resync') socket.send(message.why);
    else if (message.type === 'repair') socket.send(JSON.stringify(message));
  },
});
const marks = new Map<string, () => void>();
const seen = new Set<string>();
socket.onopen = () => mirror.start();
socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
  if (typeof data !== 'string') {
    mirror.take(data);
    return;
  }
  void mirror.settled().then(() => {
    seen.add(data);
    marks.get(data)?.();
  });
};

declare global {
  interface Window {
    follower: {
      mirror: Mirror;
      said: FromView[];
      until(mark: string): Promise<void>;
      normalise(): unknown;
      hash(): string;
    };
  }
}
window.follower = {
  mirror,
  said,
  until: (mark) =>
    seen.has(mark)
      ? Promise.resolve()
      : new Promise((resolve) => {
          marks.set(mark, resolve);
          // A frame that goes meanwhile does not say its own.
          if (mark.includes('.')) setTimeout(resolve, 3_000);
        }),
  normalise: () => {
    const page = mirror.document();
    return page && normalise(page, { rootOf: (element) => element.shadowRoot });
  },
  hash: () => hashOf(window.follower.normalise()),
};
