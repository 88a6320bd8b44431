// The frame's end of the port to the panel script on the customer's page.
import type { Handover } from '../../protocol/handover.ts';
import { type FromPanel, type FromScript, PANEL_HELLO, PANEL_READY } from './port.ts';

/** Of the page, and of the site's endpoint. */
export interface Collected {
  handover: Handover;
  sealed?: string;
}

export interface PageLink {
  /** Address of the customer's page. */
  readonly page: string;
  tell(message: FromPanel): void;
  /**
   * What the page shows of itself; the bare address when the page does not answer in time.
   * @param seal for the site's own endpoint, where it has one
   */
  collect(seal?: { path: string; challenge: string }): Promise<Collected>;
  /** What came before is told again to the first listener. */
  onMessage(listener: (message: FromScript) => void): void;
}

/** Storages may be large, but the person is looking at an empty window meanwhile. */
const COLLECT_MS = 3_000;

/** Waits for the script's hello. Never resolves outside of a customer's page: there is nothing to do then. */
export function openPageLink(): Promise<PageLink> {
  return new Promise((resolve) => {
    const greet = ({ source, data, ports }: MessageEvent): void => {
      const port = ports[0];
      const hello = data as { tandem?: unknown; page?: unknown } | null;
      // frame-ancestors says who may embed us; what counts here is that it is the embedding page itself.
      if (source !== window.parent || hello?.tandem !== PANEL_HELLO || !port) return;
      removeEventListener('message', greet);
      resolve(linkOf(port, typeof hello.page === 'string' ? hello.page : ''));
    };
    addEventListener('message', greet);
    window.parent.postMessage({ tandem: PANEL_READY }, '*');
  });
}

function linkOf(port: MessagePort, page: string): PageLink {
  let collected: ((found: Collected) => void) | undefined;
  let listener: ((message: FromScript) => void) | undefined;
  const early: FromScript[] = [];
  port.onmessage = ({ data }: MessageEvent<FromScript>) => {
    if (data.type === 'handover') {
      const { handover, sealed } = data;
      collected?.({ handover, ...(sealed === undefined ? {} : { sealed }) });
    } else if (listener) listener(data);
    else early.push(data);
  };
  return {
    page,
    tell: (message) => port.postMessage(message),
    collect: (seal) =>
      new Promise((resolve) => {
        const bare: Handover = { url: page, cookie: '', local: [], session: [], fields: [], scroll: [0, 0] };
        const timer = setTimeout(() => resolve({ handover: bare }), COLLECT_MS);
        collected = (found) => {
          clearTimeout(timer);
          resolve(found);
        };
        port.postMessage({ type: 'collect', ...(seal ? { seal } : {}) } satisfies FromPanel);
      }),
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
  };
}
