// The view frame's script: finds the page that embeds it, shows the mirror, and puts the overlay above.
import { type FromView, type ToView, VIEW_HELLO, VIEW_READY } from '../../protocol/ports.ts';
import { Mirror } from './mirror.ts';

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

// What is drawn above the page and takes the input is not needed to see it: it comes by itself, at the same time.
const loading = import('./overlay.ts');
// Until then nobody touches the mirror.
document.body.inert = true;

const port = await findPort();
const send = (message: FromView): void => port.postMessage(message);
const mirror = new Mirror({ place: document.body, send });
/** Heard before there was an overlay. */
const heard: ToView[] = [];
let tellOverlay = (message: ToView): void => void heard.push(message);
port.onmessage = ({ data }: MessageEvent<ArrayBuffer | ToView>) => {
  if (data instanceof ArrayBuffer) {
    mirror.take(data);
    return;
  }
  if (data.type === 'zoom') mirror.zoom(data.zoom);
  tellOverlay(data);
};
mirror.start();

const { startOverlay } = await loading;
startOverlay({
  mirror,
  send,
  receive(listener) {
    tellOverlay = listener;
  },
});
for (const message of heard) tellOverlay(message);
document.body.inert = false;
