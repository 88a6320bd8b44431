// A window with a size of its own or of another host, as sign-in, payment and choosers open it, is a frame above the page: it and its
// opener talk with each other as windows do, and followers see both.
import { findWay, insideUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { makeStandIn } from './stand-in.ts';
import { wrapGetter, wrapMethod } from './wrap.ts';

/** Name of the blank frame right behind such a frame: the names of frames are all that a document of another origin may see of its parent. */
const SIGN = 'tandem-window-above';
const CLOSE = 'close-window';
const MANY = 8;

const STYLE = `
:host { all: initial; display: flex; justify-content: end; background: #e8eeec; }
button { all: initial; padding: 2px 14px; font: 600 18px/1.5 system-ui, sans-serif; color: #14211f; cursor: pointer; }
button:hover { background: #c9d3d0; }
button:focus-visible { outline: 2px solid #0f766e; outline-offset: -2px; }
`;

/** Whether a window is such a frame; also asked by documents of another origin than their opener's. */
export function isAbove(window: Window, parent: Window, top: Window): boolean {
  if (parent === top || parent === window) return false;
  const frames = parent as Window & Record<string, unknown>;
  let index = 0;
  while (index < frames.length && frames[index] !== window) index++;
  for (let sign = 0; sign < MANY; sign++) {
    try {
      if (index + 1 < frames.length && frames[SIGN + sign] === frames[index + 1]) return true;
    } catch {
      // no frame of that name: a parent of another origin refuses to say so
    }
  }
  return false;
}

/** In such a frame: `opener` is who opened it, `close` closes it. */
export function installAbove(realm: Realm): void {
  const { window, natives, isTop, standsAlone } = realm;
  if (isTop || !standsAlone) return;
  wrapGetter(realm, window, 'opener', () => natives.parent);
  wrapMethod(realm, window, 'close', () => {
    const parent = window.location.ancestorOrigins?.[0];
    if (parent !== undefined) natives.postTo(natives.parent, { tandem: CLOSE }, parent);
  });
}

export interface WindowsAbove {
  /** The window of that name, when it is still open. */
  find(name: string): object | undefined;
  /** @param url session address, '' for a blank one; @param blocked told when a policy of the page forbids the frame */
  open(url: string, name: string, features: string, blocked: () => void): object;
}

interface Above {
  name: string;
  /** What its opener holds. */
  given: object;
  /** Where it was sent first, '' for a blank one. */
  url: string;
  dialog: HTMLDialogElement;
  blocked: () => void;
}

/**
 * Whether what a script opens is to stand above the page. All else is the next page: of the same host and as large as this one,
 * it is meant to be read, not to answer.
 * @param url session address, '' for a blank one
 */
export function belongsAbove({ window, natives }: Realm, url: string, features: string): boolean {
  if (/\b(?:inner)?(?:width|height)\s*=|\bpopup\b(?!\s*=\s*(?:0|no|false))/i.test(features)) return true;
  return url !== '' && new natives.URL(url).origin !== window.location.origin;
}

export function createWindowsAbove(realm: Realm): WindowsAbove {
  const { window, natives } = realm;
  const dialogs = new Map<Window, Above>();
  let count = 0;
  const close = (opened: Window) => {
    const { dialog } = dialogs.get(opened) ?? {};
    dialogs.delete(opened);
    if (!dialog) return;
    if (dialog.open) dialog.close();
    natives.remove(dialog);
  };
  realm.listen(window, 'message', (event) => {
    const { data, source } = event as MessageEvent<{ tandem?: unknown } | null>;
    if (typeof data !== 'object' || data === null || data.tandem !== CLOSE) return;
    natives.stopImmediate(event);
    if (source) close(source as Window);
  });
  realm.listen(window.document, 'securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
    if (!/^(?:frame|child)-src/.test(effectiveDirective)) return;
    // Of where a frame was to go, no more than the origin is told.
    for (const [opened, { url, blocked }] of dialogs) {
      if (url === '' || new natives.URL(url).origin !== new natives.URL(blockedURI).origin) continue;
      close(opened);
      blocked();
    }
  });

  /** With room for the bar; as large as the page, when nothing is said. */
  const sizeOf = (features: string, side: 'width' | 'height'): string => {
    const given = new RegExp(`\\b(?:inner)?${side}\\s*=\\s*(\\d+)`, 'i').exec(features)?.[1];
    const most = `100v${side[0]} - 16px`;
    return given === undefined ? `calc(${most})` : `min(${Math.max(240, Number(given)) + 32}px, ${most})`;
  };
  const build = (features: string, name: string) => {
    const dialog = natives.createElement('dialog') as HTMLDialogElement;
    const width = sizeOf(features, 'width');
    const height = sizeOf(features, 'height');
    dialog.style.cssText = `all:revert;display:flex;flex-direction:column;box-sizing:border-box;margin:auto;padding:0;border:0;border-radius:8px;overflow:hidden;background:#fff;box-shadow:0 8px 40px #0009;width:${width};height:${height};max-width:none;max-height:none`;
    const bar = natives.createElement('tandem-window-bar');
    const root = natives.attachShadow(bar, { mode: 'open' });
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const button = natives.createElement('button');
    button.textContent = '\u00d7';
    natives.setAttribute(button, 'aria-label', '\u00d7 Esc');
    natives.append(root, button);
    const frame = natives.createElement('iframe') as HTMLIFrameElement;
    frame.style.cssText = 'all:revert;flex:1;min-height:0;width:100%;border:0;background:#fff';
    if (name !== '') natives.setAttribute(frame, 'name', name);
    const sign = natives.createElement('iframe');
    sign.style.cssText = 'display:none';
    natives.setAttribute(sign, 'name', SIGN + (count++ % MANY));
    for (const part of [bar, frame, sign]) natives.append(dialog, part);
    return { dialog, button, frame };
  };

  return {
    find(name) {
      for (const [opened, known] of dialogs) if (known.name === name && !opened.closed) return known.given;
      return undefined;
    },
    open(url, name, features, blocked) {
      const { dialog, button, frame } = build(features, name);
      if (url !== '') natives.setAttribute(frame, 'src', url);
      natives.append(window.document.documentElement, dialog);
      const opened = natives.contentWindow(frame)!;
      // Until its page is there, which has its own: what is closed at once must not come up all the same.
      wrapMethod(realm, opened, 'close', () => close(opened));
      // A blank document lets nobody see where it is sent (no event [measured]), so its opener gets a stand-in.
      const go = (to: string) => {
        const way = findWay(realm, to);
        if (way.to === 'external') realm.tell({ type: 'external', url: way.url });
        else if (way.to === 'nowhere') opened.location.replace(to);
        else natives.setAttribute(frame, 'src', insideUrl(realm, way));
      };
      const given =
        url === '' ? makeStandIn(realm, name, { opened, go, close: () => close(opened) }) : opened;
      dialogs.set(opened, { name, given, url, dialog, blocked });
      natives.listen(button, 'click', () => close(opened));
      natives.listen(dialog, 'close', () => close(opened));
      dialog.showModal();
      frame.focus();
      return given;
    },
  };
}
