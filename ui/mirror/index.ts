// The view frame's script: finds the page that embeds it, shows the mirror, and puts the overlay above.
import { type FromView, type ToView, VIEW_HELLO, VIEW_READY } from '../../protocol/ports.ts';
import { Mirror } from './mirror.ts';
import { startOverlay } from './overlay.ts';

/** Origins that may embed this page, written into it by the gateway. */
function embedders(): string[] {
  const content = document.querySelector<HTMLMetaElement>('meta[name="tandem-embedders"]')?.content ?? '';
  return content.split(' ').filter((origin) => origin !== '');
}

/** Waits for the port of the page that embeds this one; others may knock, and are not heard. */
function findPort(): Promise<MessagePort> {
  const allowed = embedders();
  return new Promise((resolve) => {
    const listen = ({ data, source, origin, ports }: MessageEvent<{ tandem?: unknown } | null>): void => {
      const [port] = ports;
      if (source !== window.parent || !allowed.includes(origin) || data?.tandem !== VIEW_HELLO || !port)
        return;
      removeEventListener('message', listen);
      resolve(port);
    };
    addEventListener('message', listen);
    for (const origin of allowed) window.parent.postMessage({ tandem: VIEW_READY }, origin);
  });
}

const port = await findPort();
const listeners = new Set<(message: ToView) => void>();
const send = (message: FromView): void => port.postMessage(message);
const mirror = new Mirror({ place: document.body, send });
startOverlay({
  mirror,
  send,
  receive: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
});
port.onmessage = ({ data }: MessageEvent<ArrayBuffer | ToView>) => {
  if (data instanceof ArrayBuffer) {
    mirror.take(data);
    return;
  }
  if (data.type === 'zoom') mirror.zoom(data.zoom);
  for (const listener of listeners) listener(data);
};
mirror.start();
