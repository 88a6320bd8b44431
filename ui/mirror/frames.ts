// Frames within the page: documents of their own inside, or a box that says that they are not shared.
import { attributeOf, isElement, type Shown } from './shown.ts';

/** The document in an iframe element, in the mode of the leader's; undefined while the element is not in place. */
export function openFrame(iframe: Shown, quirks: boolean): Document | undefined {
  const document = (iframe.node as HTMLIFrameElement).contentDocument;
  if (!document) return undefined;
  // A blank frame is in quirks mode until a doctype is written into it.
  if ((document.compatMode === 'BackCompat') !== quirks || !document.defaultView) {
    document.open();
    document.write(quirks ? '<html></html>' : '<!doctype html><html></html>');
    document.close();
  }
  return document;
}

/** Empties an iframe element. */
export function clearFrame(iframe: Shown): void {
  (iframe.node as HTMLIFrameElement).contentDocument?.documentElement?.replaceChildren();
}

/** Says what a frame off the list is. */
export function showLabel(shown: Shown): void {
  if (!isElement(shown) || (shown.tag !== 'iframe' && shown.tag !== 'frame')) return;
  const label = attributeOf(shown, 'tandem-label');
  const document = (shown.node as HTMLIFrameElement).contentDocument;
  if (label === undefined || !document?.documentElement) return;
  const box = document.createElement('body');
  box.style.cssText =
    'margin:0;min-height:100vh;display:grid;place-content:center;text-align:center;font:13px system-ui,sans-serif;color:#4a5b57;background:#e8eeec;overflow:hidden';
  const host = document.createElement('b');
  host.textContent = label;
  const words = document.createElement('span');
  words.textContent = window.document.documentElement.dataset.notShared ?? 'not shared';
  box.append(host, words);
  document.body?.remove();
  document.documentElement.append(box);
}
