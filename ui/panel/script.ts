// The tag on the customer's site: a launcher and the panel's frame, in a closed shadow root. No dependencies, no traces in the page.
import { watchEditedParts } from './edited-parts.ts';
import { collectHandover, fetchSealed } from './handover.ts';
import { type FromPanel, type FromScript, PANEL_HELLO, PANEL_READY } from './port.ts';
import { createReturn } from './return-here.ts';
import { stayInPage } from './stay-in-page.ts';

declare global {
  interface Window {
    Tandem?: TandemApi;
    /** Set by the script that the gateway puts into shared pages. */
    __tandem?: unknown;
  }
}

/** What a site's own code may use. */
interface TandemApi {
  /** Shows the conversation of a call, by the token that the site got from the keyed API. */
  attach(token: string): void;
  open(): void;
  close(): void;
}

const STYLE = `
:host { all: initial; color-scheme: light dark; }
* { box-sizing: border-box; }
.corner { position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px; }
.launcher { position: relative; display: grid; place-items: center; inline-size: 60px; block-size: 60px; padding: 0; border: 0; border-radius: 50%;
  background: #0b6e6e; color: #fff; cursor: pointer; box-shadow: 0 2px 6px rgb(16 40 38 / 20%), 0 10px 28px rgb(16 40 38 / 28%); transition: background-color 120ms; }
.launcher:hover { background: #085454; }
.launcher:focus-visible, .grip:focus-visible { outline: 3px solid #0b6e6e; outline-offset: 3px; }
.launcher svg { inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.badge { position: absolute; inset-block-start: -2px; inset-inline-end: -2px; display: grid; place-items: center; min-inline-size: 22px; block-size: 22px; padding-inline: 6px;
  border-radius: 11px; background: #b3261e; color: #fff; border: 2px solid #fff; font: 700 12px/1 system-ui, sans-serif; }
.panel { position: fixed; z-index: 2147483000; inset-block-end: 92px; inset-inline-end: 20px; inline-size: min(var(--w, 384px), calc(100vw - 40px)); block-size: min(var(--h, 620px), calc(100vh - 112px));
  border-radius: 18px; overflow: hidden; background: Canvas; box-shadow: 0 2px 6px rgb(16 40 38 / 12%), 0 24px 64px rgb(16 40 38 / 28%); outline: 1px solid rgb(128 148 144 / 35%); }
.panel iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: auto; }
.grip { position: absolute; inset-block-start: 0; inset-inline-start: 0; inline-size: 26px; block-size: 26px; padding: 0; border: 0; background: none; cursor: nwse-resize; touch-action: none; }
.grip::before { content: ''; position: absolute; inset-block-start: 7px; inset-inline-start: 7px; inline-size: 9px; block-size: 9px; border-block-start: 2px solid #7f9a96; border-inline-start: 2px solid #7f9a96; border-start-start-radius: 4px; }
.grip:dir(rtl) { cursor: nesw-resize; }
.live { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 480px) { .panel { inset: 0; inline-size: 100vw; block-size: 100dvh; border-radius: 0; } .panel ~ .corner[data-open] { display: none; } .grip { display: none; } }
@media (prefers-reduced-motion: reduce) { .launcher { transition: none; } }
@media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
`;

const CHAT_PATHS = [
  'M20.5 11.5c0 4.1-3.8 7.5-8.5 7.5-1 0-2-.2-2.9-.4L4 20.5l1.4-4.2a7 7 0 0 1-1.9-4.8C3.5 7.4 7.3 4 12 4s8.5 3.4 8.5 7.5Z',
  'M8.5 11.5h.01M12 11.5h.01M15.5 11.5h.01',
];
const DOWN_PATHS = ['m6 9.5 6 6 6-6'];
const SMALLEST = { width: 320, height: 400 };
const STEP = 32;

const tag = document.currentScript;

if (tag instanceof HTMLScriptElement && !window.Tandem) {
  window.Tandem = isInSession() ? { attach() {}, open() {}, close() {} } : start(tag);
}

/** A shared page contains the site's tag as well; there it must do nothing (the gateway leaves it out, this is the second net). */
function isInSession(): boolean {
  return '__tandem' in window || window.top !== window.self;
}

function start(script: HTMLScriptElement): TandemApi {
  const source = new URL(script.src);
  const panelOrigin = script.dataset.panel
    ? new URL(script.dataset.panel).origin
    : `${source.protocol}//panel.${source.host}`;
  const address = new URL('/', panelOrigin);
  if (script.dataset.site) address.searchParams.set('site', script.dataset.site);

  const host = document.createElement('tandem-panel');
  const edited = watchEditedParts(window);
  const back = createReturn(window, host);
  const root = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const frame = element('iframe');
  const grip = element('button', 'grip');
  grip.type = 'button';
  const panel = element('div', 'panel');
  panel.hidden = true;
  panel.append(frame, grip);
  const launcher = element('button', 'launcher');
  launcher.type = 'button';
  const corner = element('div', 'corner');
  const badge = element('span', 'badge');
  badge.setAttribute('aria-hidden', 'true');
  badge.hidden = true;
  const live = element('span', 'live');
  live.setAttribute('role', 'status');
  corner.append(launcher, live);
  corner.hidden = true;
  root.append(panel, corner);

  let port: MessagePort | undefined;
  let words = { open: 'Open chat', close: 'Close chat', resize: 'Resize chat', frame: 'Chat' };
  let unreadLabel = '';
  let open = false;
  const waiting: FromScript[] = [];

  const tell = (message: FromScript): void => {
    if (port) port.postMessage(message);
    else waiting.push(message);
  };

  const draw = (): void => {
    launcher.replaceChildren(icon(open ? DOWN_PATHS : CHAT_PATHS), badge);
    launcher.setAttribute('aria-expanded', String(open));
    launcher.setAttribute(
      'aria-label',
      open ? words.close : [words.open, unreadLabel].filter(Boolean).join(', '),
    );
    corner.toggleAttribute('data-open', open);
    grip.setAttribute('aria-label', words.resize);
    frame.title = words.frame;
    panel.hidden = !open;
  };

  const show = (next: boolean): void => {
    if (open === next) return;
    open = next;
    draw();
    if (open) frame.focus();
    else launcher.focus();
    tell({ type: 'shown', open });
  };

  const resize = (width: number, height: number): void => {
    panel.style.setProperty('--w', `${Math.max(SMALLEST.width, Math.round(width))}px`);
    panel.style.setProperty('--h', `${Math.max(SMALLEST.height, Math.round(height))}px`);
  };
  const tellSize = (): void =>
    tell({ type: 'resized', width: panel.offsetWidth, height: panel.offsetHeight });
  makeResizable(grip, panel, resize, tellSize);

  const handOver = async (seal: { path: string; challenge: string } | undefined): Promise<void> => {
    const sealed = seal && (await fetchSealed(window, seal));
    tell({
      type: 'handover',
      handover: collectHandover(window, edited()),
      ...(sealed === undefined ? {} : { sealed }),
    });
  };
  const take = (message: FromPanel): void => {
    switch (message.type) {
      case 'ready':
        words = message.words;
        if (message.size) resize(message.size.width, message.size.height);
        open = message.open;
        corner.hidden = false;
        draw();
        break;
      case 'collect':
        back.started();
        void handOver(message.seal);
        break;
      case 'unread':
        unreadLabel = message.label;
        badge.textContent = message.count > 99 ? '99+' : String(message.count);
        badge.hidden = message.count === 0;
        live.textContent = message.label;
        draw();
        break;
      case 'show':
        show(message.open);
        break;
      case 'return':
        back.take(message.url, message.pressed);
        break;
      case 'started':
        dispatchEvent(new CustomEvent('tandem:started', { detail: { sid: message.sid } }));
        break;
      case 'stopped':
        dispatchEvent(new CustomEvent('tandem:stopped', { detail: { reason: message.reason } }));
        break;
    }
  };

  const greet = (event: MessageEvent): void => {
    if (event.source !== frame.contentWindow || event.origin !== panelOrigin) return;
    if ((event.data as { tandem?: unknown } | null)?.tandem !== PANEL_READY) return;
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<FromPanel>) => take(data);
    frame.contentWindow?.postMessage({ tandem: PANEL_HELLO, page: location.href }, panelOrigin, [
      channel.port2,
    ]);
    for (const message of waiting.splice(0)) port.postMessage(message);
  };
  launcher.addEventListener('click', () => show(!open));

  frame.src = address.href;
  frame.allow = 'autoplay; clipboard-write';
  draw();
  stayInPage(host, () => addEventListener('message', greet));

  return {
    attach: (token) => tell({ type: 'attach', token: String(token) }),
    open: () => show(true),
    close: () => show(false),
  };
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

function icon(paths: string[]): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** By dragging the corner, or with the arrow keys on it (WCAG 2.5.7, 2.1.1). */
function makeResizable(
  grip: HTMLElement,
  panel: HTMLElement,
  resize: (width: number, height: number) => void,
  done: () => void,
): void {
  const mirrored = (): number => (getComputedStyle(panel).direction === 'rtl' ? -1 : 1);
  grip.addEventListener('pointerdown', (start) => {
    const width = panel.offsetWidth;
    const height = panel.offsetHeight;
    grip.setPointerCapture(start.pointerId);
    const move = (event: PointerEvent): void =>
      resize(width + mirrored() * (start.clientX - event.clientX), height + (start.clientY - event.clientY));
    grip.addEventListener('pointermove', move);
    grip.addEventListener(
      'lostpointercapture',
      () => {
        grip.removeEventListener('pointermove', move);
        done();
      },
      { once: true },
    );
  });
  grip.addEventListener('keydown', (event) => {
    const across = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key] ?? 0;
    const up = { ArrowUp: STEP, ArrowDown: -STEP }[event.key] ?? 0;
    if (across === 0 && up === 0) return;
    event.preventDefault();
    resize(panel.offsetWidth + mirrored() * across, panel.offsetHeight + up);
    done();
  });
}
