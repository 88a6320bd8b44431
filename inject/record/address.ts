// Title and address of the document, which change without a load too.
import type { Observer, Recording } from './recording.ts';

export function startAddress(recording: Recording): Observer {
  const { window, document, dom, hooks } = recording;
  const now = () => ({
    title: dom.title(document).slice(0, 1_000),
    url: window.location.href.slice(0, 8_000),
    base: dom.baseUri(document).slice(0, 8_000),
  });
  let told = now();
  const soon = (): void => recording.lookSoon();
  hooks.afterCall('History', ['pushState', 'replaceState'], soon);
  for (const type of ['popstate', 'hashchange']) window.addEventListener(type, soon);
  return {
    look() {
      const seen = now();
      if (seen.base !== told.base) recording.say('base', () => ['base', seen.base]);
      if (seen.title !== told.title) recording.say('title', () => ['title', seen.title]);
      if (seen.url !== told.url) recording.say('url', () => ['url', seen.url]);
      told = seen;
    },
    stop() {
      for (const type of ['popstate', 'hashchange']) window.removeEventListener(type, soon);
    },
  };
}
