// An overlay above a fake mirror: a frame with a given body, ids counted as asked for, the sent messages collected.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { FromView, ToView } from '../../../protocol/ports.ts';
import type { startOverlay } from '../../../ui/mirror/overlay.ts';
import type { MirrorBelow, MirrorSelection } from '../../../ui/mirror/overlay-mirror.ts';
import { bundleModule } from '../../bundle.ts';

/** What the test page's script leaves in its window. */
interface OverlayWindow {
  overlayModule: { startOverlay: typeof startOverlay };
  sent: FromView[];
  tell(message: ToView): void;
  names: Map<number, string>;
  /** The leader has done all that was sent. */
  performed(): void;
  mirror: MirrorBelow & { leader?: Element; chosen?: MirrorSelection };
}

export interface OverlayPage {
  page: Page;
  tell(message: ToView): Promise<void>;
  takeControl(): Promise<void>;
  /** Waits until as many messages of these types were sent, and takes them; nodes are named by their elements' ids. */
  sent(count: number, ...types: string[]): Promise<Record<string, unknown>[]>;
  /** Everything sent so far, once nothing is being joined any more. */
  settled(): Promise<Record<string, unknown>[]>;
  /** Presses several times without a pause, however busy the machine is. */
  press(x: number, y: number, times: number): Promise<void>;
  /** Middle of an element of the mirror, in the view. */
  middle(id: string): Promise<{ x: number; y: number }>;
}

let bundle: Promise<string> | undefined;

/** Opens it; `scale` is how large the mirror is drawn. */
export async function openOverlayPage(
  browser: Browser,
  body: string,
  { scale = 1, reducedMotion = 'no-preference' as 'reduce' | 'no-preference' } = {},
): Promise<OverlayPage> {
  bundle ??= bundleModule(join(import.meta.dirname, '../../../ui/mirror/overlay.ts'), 'overlayModule');
  const script = await bundle;
  const context = await browser.newContext({ viewport: { width: 800, height: 600 }, reducedMotion });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.route('http://view.localhost/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/overlay.js')
      return route.fulfill({ contentType: 'text/javascript; charset=utf-8', body: script });
    if (pathname === '/inner')
      return route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
        body: `<!doctype html><meta charset=utf-8><style>body{margin:0;font:16px monospace}</style>${body}`,
      });
    return route.fulfill({
      contentType: 'text/html',
      // the strictest policy that the view host may have
      headers: {
        'content-security-policy':
          "default-src 'none'; script-src 'self'; frame-src 'self'; style-src 'self'",
      },
      body: `<!doctype html><html lang=en><title>view</title><body><iframe src=/inner sandbox=allow-same-origin></iframe><script src=/overlay.js></script>`,
    });
  });
  await page.goto('http://view.localhost/');
  await page.evaluate(setUp, scale);
  const sentNow = () =>
    page.evaluate(() => {
      const { sent, names } = window as unknown as OverlayWindow;
      const name = (node: unknown): unknown => names.get(node as number) ?? node;
      return sent.splice(0).map((message) => {
        const flat: Record<string, unknown> = { ...message, ...('input' in message ? message.input : {}) };
        for (const key of ['input', 'seq', 'epoch', 'control']) delete flat[key];
        for (const key of ['node', 'anchor', 'focus']) if (key in flat) flat[key] = name(flat[key]);
        return flat;
      });
    });
  const tell = (message: ToView): Promise<void> =>
    page.evaluate((told) => (window as unknown as OverlayWindow).tell(told), message);
  return {
    page,
    tell,
    takeControl: () => tell({ type: 'control', mine: true, holder: 'me', epoch: 2, seq: 0 }),
    async sent(count, ...types) {
      const found: Record<string, unknown>[] = [];
      await page.waitForFunction(
        ([wanted, names]) => {
          const { sent } = window as unknown as OverlayWindow;
          const type = (message: FromView): string =>
            'input' in message ? message.input.type : message.type;
          return sent.filter((message) => names.includes(type(message))).length >= wanted;
        },
        [count, types] as const,
      );
      for (const message of await sentNow()) if (types.includes(String(message.type))) found.push(message);
      return found;
    },
    async settled() {
      await page.evaluate(
        // as long as the overlay joins inputs
        () =>
          new Promise<void>((resolve) => {
            const until = performance.now() + 45;
            const wait = (now: number): void => {
              if (now > until) resolve();
              else requestAnimationFrame(wait);
            };
            requestAnimationFrame(wait);
          }),
      );
      return sentNow();
    },
    press: (x, y, times) =>
      page.evaluate(
        ({ x, y, times }) => {
          const overlay = document.querySelector('tandem-overlay')!.shadowRoot!;
          const layer = overlay.querySelector<HTMLElement>('.layer')!;
          layer.setPointerCapture = () => {}; // only real pointers can be captured
          const at = { clientX: x, clientY: y, bubbles: true };
          for (let count = 0; count < times; count++) {
            layer.dispatchEvent(new PointerEvent('pointerdown', { ...at, buttons: 1 }));
            layer.dispatchEvent(new MouseEvent('mousedown', { ...at, buttons: 1, detail: count + 1 }));
            layer.dispatchEvent(new PointerEvent('pointerup', at));
          }
        },
        { x, y, times },
      ),
    middle: (id) =>
      page.evaluate((name) => {
        const { mirror } = window as unknown as OverlayWindow;
        const { left, top, width, height } = mirror.rectOf(mirror.document()!.getElementById(name)!);
        return { x: left + width / 2, y: top + height / 2 };
      }, id),
  };
}

function setUp(scale: number): void {
  const target = window as unknown as OverlayWindow;
  const element = document.querySelector('iframe')!;
  Object.assign(document.body.style, { margin: '0' });
  Object.assign(element.style, {
    border: '0',
    width: '800px',
    height: '600px',
    transform: `scale(${scale})`,
    transformOrigin: '0 0',
  });
  const ids = new WeakMap<Node, number>();
  const nodes = new Map<number, Node>();
  target.names = new Map();
  target.sent = [];
  let next = 100;
  const idOf = (node: Node): { frame: number; node: number } => {
    let id = ids.get(node);
    if (id === undefined) {
      id = next++;
      ids.set(node, id);
      nodes.set(id, node);
      const parent = node.nodeType === 3 ? node.parentElement?.id : undefined;
      target.names.set(id, (node as Element).id || (parent ? `text of ${parent}` : node.nodeName));
    }
    return { frame: 7, node: id };
  };
  target.mirror = {
    element,
    document: () => element.contentDocument!,
    idOf,
    nodeOf: (_frame, id) => nodes.get(id),
    scale: () => scale,
    epoch: () => 3,
    elementAt: (x, y) => element.contentDocument!.elementFromPoint(x / scale, y / scale) ?? undefined,
    rectOf(inner) {
      const { x, y, width, height } = inner.getBoundingClientRect();
      return new DOMRect(x * scale, y * scale, width * scale, height * scale);
    },
    focused: () => target.mirror.leader,
    onPerformed(listener) {
      const before = target.performed as (() => void) | undefined;
      target.performed = () => {
        before?.();
        listener(undefined);
      };
    },
    selection: () => target.mirror.chosen,
  };
  const listeners: ((message: ToView) => void)[] = [];
  target.tell = (message) => {
    for (const listener of listeners) listener(message);
  };
  target.overlayModule.startOverlay({
    mirror: target.mirror,
    send: (message) => target.sent.push(message),
    receive: (listener) => listeners.push(listener),
  });
}
