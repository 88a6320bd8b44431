// One document of the page, looked after: shims, port, recorder, performer and our drawings, in the order that keeps us first.
import type { Input } from '../protocol/input.ts';
import type { PageFact } from '../protocol/page-facts.ts';
import type { FromPage, ToPage } from '../protocol/ports.ts';
import { startAutofocus } from './autofocus.ts';
import { applyCarry } from './carry.ts';
import { startFrames } from './frames.ts';
import { createLayer } from './own/layer.ts';
import { startMarks } from './own/marks.ts';
import { startMaskTint } from './own/mask-tint.ts';
import { startPointers } from './own/pointers.ts';
import { type Refusals, startRefusals } from './own/refusals.ts';
import { startSpot } from './own/spot.ts';
import { type Performer, startPerformer } from './perform/index.ts';
import { startMoves } from './perform/moves.ts';
import { hearFrames, openPort } from './port.ts';
import { createRealm, type Realm } from './realm.ts';
import { type Recorder, startRecorder } from './record/index.ts';
import { installShims } from './shims/install.ts';
import { wrapMethod } from './shims/wrap.ts';
import { startWatchingCustomer } from './watch-customer.ts';

/** What a document is started with; a same-origin child shares all but the window. */
export type DocumentDeps = Omit<Parameters<typeof createRealm>[1], 'tell'>;

/**
 * Starts looking after a document. Called in it before any other script, or from its parent when it is same-origin and blank.
 * @param pair ties the document to its iframe in the parent's recorder; given for a document without its own script
 */
export function startDocument(
  window: Realm['window'],
  deps: DocumentDeps,
  pair?: (nonce: string) => void,
): void {
  /** The port is opened last, but shims may have something to say before; a document that came back gets a new one. */
  let send: (message: FromPage) => void = () => {};
  let recorder: Recorder | undefined;
  const realm = createRealm(window, {
    ...deps,
    tell: (message) =>
      send(
        message.type === 'dialog' ? { ...message, text: recorder?.hideMasked(message.text) ?? '' } : message,
      ),
  });
  const { natives, config } = realm;

  let performer: Performer | undefined;
  const frames = startFrames(realm, {
    adopt: (child, frame) =>
      startDocument(child, deps, (nonce) => pairFrame(frame as HTMLIFrameElement, nonce)),
  });
  /** Documents in frames by the names of their hellos, the other way round for the performer. */
  const inFrames = new Map<Element, string>();
  const pairFrame = (frame: HTMLIFrameElement, nonce: string): void => {
    for (const known of inFrames.keys()) if (!known.isConnected) inFrames.delete(known);
    inFrames.set(frame, nonce);
    recorder?.pairFrame(frame, nonce);
  };
  hearFrames(realm, (source, nonce) => {
    const frame = frames.find(source);
    if (frame) pairFrame(frame as HTMLIFrameElement, nonce);
  });
  installShims(realm);
  if (config.carry && !pair) applyCarry(realm, config.carry);

  const layer = createLayer(realm);
  const pointers = startPointers(realm, layer, (node) => recorder?.nodeById(node));
  startMaskTint(realm, layer);
  const idOf = (node: Node): number => recorder?.idOf(node) ?? 0;
  const spot = startSpot(
    realm,
    layer,
    (node) => recorder?.nodeById(node),
    (id, answer) => realm.tell({ type: 'spotAnswer', id, answer }),
  );
  let controlledBy: string | null = null;
  let controlEpoch = 0;
  const autofocus = startAutofocus(realm, () => controlledBy !== null || window.document.hasFocus());
  /** Up to this epoch of control nothing is performed any more. */
  let overUntil = 0;
  const customer = startWatchingCustomer(realm, {
    idOf,
    isMasked: (element) => recorder?.isMasked(element) ?? false,
    isControlled: () => controlledBy !== null,
    isAsked: spot.isAbout,
    takeBack() {
      // In force here before anybody else knows: what is under way is not performed any more.
      overUntil = controlEpoch;
      controlledBy = null;
      performer?.release();
      realm.tell({ type: 'takeBack' });
    },
  });
  const marks = startMarks(realm, layer, {
    find: (node) => recorder?.nodeById(node),
    placeOf: customer.placeOf,
    tell: realm.tell,
  });
  let refusals: Refusals | undefined;

  type Wish = Extract<ToPage, { type: 'perform' | 'hover' | 'tab' | 'chain' | 'dragLeft' | 'dropped' }>;
  const takeWish = startMoves<Wish>({
    isHidden: () => window.document.visibilityState === 'hidden',
    now: natives.now,
    requestFrame(callback) {
      // a window that is covered, or a frame that is scrolled away, may get no frames
      const late = natives.setTimeout(callback, 100);
      natives.requestAnimationFrame(() => {
        natives.clearTimeout(late);
        callback();
      });
    },
    perform(wish) {
      if (wish.type === 'perform') perform(wish);
      else performer?.goOn(wish);
      if (wish.type === 'tab') realm.tell({ type: 'tabbed' });
    },
  });
  const perform = ({ pid, seq, control, input, drag }: Extract<ToPage, { type: 'perform' }>): void => {
    if (control <= overUntil) {
      realm.tell({ type: 'refused', pid, seq, reason: 'stale' });
      return;
    }
    const acts = input.type === 'input.pointer' ? input.action === 'up' : input.type === 'input.key';
    if (acts) refusals?.performed(targetOf(input));
    performer?.perform(pid, seq, input, drag);
    if (input.type !== 'input.pointer' || input.action !== 'move') recorder?.done(seq);
    if (input.type === 'input.key' && input.key === 'Tab') realm.tell({ type: 'tabbed' });
  };
  const targetOf = (input: Input): Element | null => {
    const node = 'node' in input ? recorder?.nodeById(input.node) : window.document.activeElement;
    return node instanceof window.Element ? node : null;
  };

  const hear = (message: ToPage): void => {
    switch (message.type) {
      case 'perform':
      case 'hover':
      case 'tab':
      case 'chain':
      case 'dragLeft':
      case 'dropped':
        takeWish(message);
        break;
      case 'resend':
        recorder?.resend();
        break;
      case 'repair':
        recorder?.repair(message);
        break;
      case 'hold':
        recorder?.hold();
        break;
      case 'flow':
        recorder?.flow();
        break;
      case 'navigate':
        navigate(realm, message);
        break;
      case 'history':
        if (message.go === 'reload') window.location.reload();
        else window.history[message.go]();
        break;
      case 'control':
        controlledBy = message.by;
        controlEpoch = message.epoch;
        if (message.by !== null) {
          autofocus.look();
          break;
        }
        overUntil = message.epoch;
        performer?.release();
        break;
      case 'spot':
        spot.show(message);
        break;
      case 'unspot':
        spot.hide(message.id);
        break;
      case 'goToSpot':
        spot.goTo(message.id);
        break;
      case 'tool':
        marks.setTool(message.tool, message.color);
        break;
      case 'mark':
        marks.take(message);
        break;
      case 'pointer':
        pointers.show(message);
        break;
    }
  };

  let close = () => {};
  const open = (): void => {
    const port = openPort(realm, hear, pair !== undefined);
    send = port.send;
    const tellFact = (fact: PageFact) =>
      port.send({ type: 'fact', json: natives.encoder.encode(natives.stringify(fact)) });
    recorder = startRecorder({
      window,
      send: tellFact,
      masks: config.masks,
      nonce: port.nonce,
      top: realm.isTop,
    });
    performer = startPerformer({
      window,
      recorder,
      masks: config.masks,
      refuse: (pid, seq, reason) => {
        port.send({ type: 'refused', pid, seq, reason });
        if (reason === 'file-chooser') refusals?.refused('file');
      },
      frames: { names: inFrames, around: !realm.isTop, tell: (message) => port.send(message) },
    });
    refusals ??= startRefusals(realm, (element, what) => {
      const node = idOf(element);
      if (node > 0 && controlledBy !== null) realm.tell({ type: 'needsClick', node, what });
    });
    close = () => {
      recorder?.stop();
      performer?.stop();
      tellFact({ type: 'frame.closed' });
      port.send({ type: 'gone' });
      port.close();
      send = () => {};
    };
    pair?.(port.nonce);
  };
  open();

  // A document may go and come back (back/forward cache).
  realm.listen(window, 'pagehide', () => close());
  realm.listen(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) open();
  });
  // document.open() takes all nodes and listeners away: begin again.
  for (const name of ['open', 'write', 'writeln'])
    wrapMethod(realm, window.Document.prototype, name, (native, self, args) => {
      const result = native(...args);
      if (self === window.document && realm.relisten()) {
        close();
        open();
      }
      return result;
    });
}

/** Goes where the shell says; a form's fields are posted by a form of ours, so that the request is the page's own. */
function navigate(realm: Realm, { url, form }: Extract<ToPage, { type: 'navigate' }>): void {
  const { window, natives } = realm;
  if (!form) {
    window.location.assign(url);
    return;
  }
  const element = natives.createElement('form') as HTMLFormElement;
  natives.setAttribute(element, 'action', url);
  natives.setAttribute(element, 'method', form.method);
  natives.setAttribute(element, 'enctype', form.enctype);
  natives.setAttribute(element, 'style', 'display:none');
  for (const [name, value] of form.fields) {
    const field = natives.createElement('input');
    natives.setAttribute(field, 'type', typeof value === 'string' ? 'hidden' : 'file');
    natives.setAttribute(field, 'name', name);
    if (typeof value === 'string') natives.setAttribute(field, 'value', value);
    else if (value.name !== '') natives.choose(field as HTMLInputElement, value as File);
    natives.append(element, field);
  }
  natives.append(window.document.documentElement, element);
  natives.submit(element);
  natives.remove(element);
}
