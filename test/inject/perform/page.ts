// A page with a performer and a recorder that only counts nodes; tests steer it by selectors.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Performer, startPerformer } from '../../../inject/perform/index.ts';
import type { Input } from '../../../protocol/input.ts';
import type { Dragged } from '../../../protocol/ports.ts';
import { bundleModule } from '../../bundle.ts';

/** What the script of the test page leaves in its window. */
export interface PerformWindow {
  performModule: { startPerformer: typeof startPerformer };
  performer: Performer;
  refusals: { pid: string; seq: number; reason: string }[];
  idOf(node: Node): number;
  log: string[];
  /** What was told for other documents. */
  told: unknown[];
  /** Roots that the page closed but the recorder saw; a test fills it. */
  closedRoots?: Map<Element, ShadowRoot>;
}

export interface PerformPage {
  page: Page;
  /**
   * An input; instead of `node` it may name the element by a selector: `at`, for selections `from` and `to` (`>>>` goes into an open shadow
   * root). `drag` is what comes with it from another document.
   */
  perform(input: Record<string, unknown>, pid?: string): Promise<void>;
  /** Moves onto the middle of an element, presses and releases. */
  click(selector: string, options?: Record<string, unknown>): Promise<void>;
  type(text: string): Promise<void>;
  key(key: string, modifiers?: number): Promise<void>;
  /** Records these events, in order, as `type@id`. */
  record(...types: string[]): Promise<void>;
  log(): Promise<string[]>;
  refusals(): Promise<string[]>;
  value(selector: string): Promise<string>;
  active(): Promise<string>;
}

let bundle: Promise<string> | undefined;

/** Opens a page with that body; scripts in it run as the page's own, `before` ahead of the performer. */
export async function openPerformPage(
  browser: Browser,
  body: string,
  masks = { mask: [] as string[], hide: [] as string[], readonly: [] as string[] },
  before = '',
): Promise<PerformPage> {
  bundle ??= bundleModule(join(import.meta.dirname, '../../../inject/perform/index.ts'), 'performModule');
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  const start = `(${setUp.toString()})(${JSON.stringify(masks)})`;
  onTestFinished(() => page.close());
  const script = `${await bundle}\n${start}`;
  await page.route('http://page.localhost/**', (route) =>
    route.request().url().endsWith('/perform.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({
          contentType: 'text/html',
          body: `<!doctype html><meta charset=utf-8><script>${before}</script><script src=/perform.js></script><body>${body}`,
        }),
  );
  await page.goto('http://page.localhost/');
  let seq = 0;
  const perform = async (input: Record<string, unknown>, pid = 'agent'): Promise<void> => {
    seq++;
    await page.evaluate(performInPage, { input, pid, seq });
  };
  const pointer = {
    type: 'input.pointer',
    x: 0.5,
    y: 0.5,
    button: 0,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  };
  return {
    page,
    perform,
    async click(selector, options = {}) {
      const button = Number(options.button ?? 0);
      const held = [1, 4, 2][button];
      await perform({ ...pointer, at: selector, ...options, action: 'move', buttons: 0, clicks: 0 });
      await perform({ ...pointer, at: selector, ...options, action: 'down', buttons: held });
      await perform({ ...pointer, at: selector, ...options, action: 'up', buttons: 0 });
    },
    type: (text) => perform({ type: 'input.text', text }),
    key: (key, modifiers = 0) => perform({ type: 'input.key', key, code: '', modifiers, repeat: false }),
    async record(...types) {
      await page.evaluate((names) => {
        const target = window as unknown as PerformWindow;
        target.log = [];
        for (const name of names)
          window.addEventListener(
            name,
            (event) => {
              const element = event.composedPath()[0] as Element;
              target.log.push(`${name}@${element.id || element.nodeName || 'window'}`);
            },
            true,
          );
      }, types);
    },
    log: () => page.evaluate(() => (window as unknown as PerformWindow).log.splice(0)),
    refusals: () =>
      page.evaluate(() =>
        (window as unknown as PerformWindow).refusals.splice(0).map(({ reason }) => reason),
      ),
    value: (selector) => page.evaluate((at) => document.querySelector<HTMLInputElement>(at)!.value, selector),
    active: () =>
      page.evaluate(() => {
        let active = document.activeElement;
        while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
        return active?.id || active?.nodeName || '';
      }),
  };
}

function setUp(masks: { mask: string[]; hide: string[]; readonly: string[] }): void {
  const target = window as unknown as PerformWindow & typeof globalThis & Window;
  const ids = new WeakMap<Node, number>();
  const nodes = new Map<number, Node>();
  let next = 1;
  target.refusals = [];
  target.told = [];
  target.log = [];
  target.idOf = (node) => {
    const known = ids.get(node);
    if (known) return known;
    ids.set(node, next);
    nodes.set(next, node);
    return next++;
  };
  target.performer = target.performModule.startPerformer({
    window: target,
    recorder: {
      nodeById: (id) => nodes.get(id),
      idOf: target.idOf,
      shadowOf: (element) => target.closedRoots?.get(element) ?? element.shadowRoot,
    },
    masks,
    frames: { names: new Map(), around: false, tell: (message) => target.told.push(message) },
    refuse: (pid, seq, reason) => target.refusals.push({ pid, seq, reason }),
  });
}

function performInPage({
  input,
  pid,
  seq,
}: {
  input: Record<string, unknown>;
  pid: string;
  seq: number;
}): void {
  const target = window as unknown as PerformWindow;
  const find = (selector: unknown): number => {
    if (typeof selector !== 'string') return 2 ** 30;
    let root: ParentNode = document;
    let found: Element | null = null;
    for (const part of selector.split('>>>')) {
      found = root.querySelector(part.trim());
      if (!found) throw new Error(`nothing is ${selector}`);
      root = found.shadowRoot ?? found;
    }
    return target.idOf(found!);
  };
  const textOf = (selector: unknown): number => {
    const element = document.querySelector(String(selector))!;
    return target.idOf(/^(INPUT|TEXTAREA)$/.test(element.nodeName) ? element : element.firstChild!);
  };
  const { at, from, to, drag, ...rest } = input;
  const named: Record<string, unknown> = { frame: 0, ...rest };
  if (rest.node === undefined && /pointer|wheel|value|scroll/.test(String(rest.type))) named.node = find(at);
  if (from !== undefined) Object.assign(named, { anchor: textOf(from), focus: textOf(to ?? from) });
  target.performer.perform(pid, seq, named as unknown as Input, drag as Dragged | undefined);
}
