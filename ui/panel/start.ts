// The click on Start: opens the window synchronously, hands the page over, and sends the window on to the session.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { HandoverChallenge, SessionBegun } from '../../protocol/http-api.ts';
import { call, sentenceOfError } from '../call.ts';
import { type FromOpening, OPENING, OPENING_READY, type ToOpening } from './opening-port.ts';
import type { PageLink } from './page-link.ts';

export type StartState =
  | { name: 'idle' }
  | { name: 'starting' }
  /** The browser opened no window: the person opens it by a link. */
  | { name: 'blocked' }
  | { name: 'failed'; sentence: string };

export interface Starter {
  readonly state: ReadonlySignal<StartState>;
  /** Must be called within the click itself, else the browser blocks the window. */
  start(words: { agent: string; site: string }): void;
  /** Opens another window of the session that runs, as {@link start}. */
  reopen(words: { agent: string; site: string }): void;
  reset(): void;
}

/** Also the target of the fallback link. */
export const WINDOW_NAME = 'tandem-session';
export const OPENING_PATH = '/opening';

/** @param sealPath of the site's own endpoint for what its pages cannot read, where it has one */
export function createStarter(
  link: PageLink,
  token: () => string | undefined,
  sealPath: () => string | undefined,
): Starter {
  const state = signal<StartState>({ name: 'idle' });
  let opened: Window | undefined;
  let words: ToOpening = {};
  let again = false;

  const tellWindow = (message: ToOpening): void =>
    opened?.postMessage({ ...message, tandem: OPENING } satisfies ToOpening, location.origin);

  /** Body of the Start: without a seal where the site has none, or it cannot be had. */
  const collect = async (credential: { token?: string }): Promise<object> => {
    const path = sealPath();
    const challenge =
      path === undefined
        ? undefined
        : await call<HandoverChallenge>('/panel/api/handover', { body: {}, ...credential }).then(
            (answer) => answer.challenge,
            () => undefined,
          );
    const seal = path === undefined || challenge === undefined ? undefined : { path, challenge };
    const { handover, sealed } = await link.collect(seal);
    if (seal === undefined || sealed === undefined) return handover;
    return { handover, sealed: { challenge: seal.challenge, token: sealed } };
  };

  const go = async (): Promise<void> => {
    state.value = { name: 'starting' };
    try {
      const bearer = token();
      const credential = bearer === undefined ? {} : { token: bearer };
      const { url } = await call<SessionBegun>(again ? '/panel/api/session/window' : '/panel/api/session', {
        body: again ? {} : await collect(credential),
        ...credential,
      });
      opened?.location.replace(url);
      state.value = { name: 'idle' };
    } catch (error) {
      const sentence = sentenceOfError(error);
      words = { error: sentence };
      tellWindow(words);
      state.value = { name: 'failed', sentence };
    }
  };

  addEventListener('message', ({ source, origin, data }: MessageEvent<FromOpening | null>) => {
    if (origin !== location.origin || data?.tandem !== OPENING_READY || !source) return;
    if (state.value.name === 'blocked') {
      // Opened by the fallback link: it reports to us as its opener.
      opened = source as Window;
      void go();
    } else if (source !== opened) return;
    tellWindow(words);
  });

  const open = (next: { agent: string; site: string }): void => {
    if (state.value.name === 'starting') return;
    words = next;
    const width = Math.min(1440, screen.availWidth);
    const height = Math.min(960, screen.availHeight);
    const left = Math.round((screen.availWidth - width) / 2);
    const features = `popup,width=${width},height=${height},left=${left},top=0`;
    opened = window.open(OPENING_PATH, WINDOW_NAME, features) ?? undefined;
    if (!opened) {
      state.value = { name: 'blocked' };
      return;
    }
    opened.focus();
    void go();
  };

  return {
    state,
    start(next) {
      again = false;
      open(next);
    },
    reopen(next) {
      again = true;
      open(next);
    },
    reset() {
      if (state.value.name !== 'starting') state.value = { name: 'idle' };
    },
  };
}
