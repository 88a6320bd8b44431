// The peer: rrweb's recorder and live replayer in their fastest mode, over whatever carries the events.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Frame, Page } from 'playwright-core';

const require = createRequire(import.meta.url);

/** What we use of rrweb's globals. */
interface Globals {
  rrwebRecord: {
    record: {
      (options: object): (() => void) | undefined;
      takeFullSnapshot(): void;
    };
  };
  rrwebReplay: {
    Replayer: new (
      events: unknown[],
      options: object,
    ) => {
      startLive(base: number): void;
      addEvent(event: unknown): void;
      emitter: { emit(name: string): void };
    };
  };
}

declare global {
  interface Window extends Globals {
    /** Gets each event as JSON. */
    rrwebSend(json: string): void;
    rrwebStop(): void;
  }
}

function bundle(name: string): string {
  return join(dirname(require.resolve(`@rrweb/${name}`)), `${name}.umd.min.cjs`);
}

/** Records that page; every event goes to its `window.rrwebSend`, as JSON. Style sheets stay links, as behind a proxy. */
export async function recordWithRrweb(page: Page | Frame): Promise<void> {
  if (!(await page.evaluate(() => 'rrwebRecord' in globalThis)))
    await page.addScriptTag({ path: bundle('record') });
  await page.evaluate(() => {
    const stop = window.rrwebRecord.record({
      emit: (event: unknown) => window.rrwebSend(JSON.stringify(event)),
      sampling: { mousemove: 20, mousemoveCallback: 20, scroll: 16, input: 'all', media: 100 },
      recordAfter: 'DOMContentLoaded',
      inlineStylesheet: false,
      collectFonts: true,
    });
    window.rrwebStop = () => stop?.();
  });
}

/**
 * Replays in that page what its `window.relay` brings. Every event is taken as one of the past, so that none waits for a clock or an
 * animation frame.
 */
export async function replayWithRrweb(page: Page): Promise<void> {
  await page.addScriptTag({ path: bundle('replay') });
  await page.evaluate(() => {
    const replayer = new window.rrwebReplay.Replayer([], {
      liveMode: true,
      useVirtualDom: false,
      pauseAnimation: false,
      mouseTail: false,
      root: document.body,
    });
    replayer.startLive(Number.MAX_SAFE_INTEGER);
    window.relay.onmessage = ({ data }) => {
      replayer.addEvent(JSON.parse(String(data)));
      // The replayer takes it in a microtask, and shows pointer and selection when it flushes.
      queueMicrotask(() => replayer.emitter.emit('flush'));
    };
  });
}

export function rrwebScript(name: 'record' | 'replay'): string {
  return bundle(name);
}
