// The transparent overlay above the mirror: takes all input of the follower and draws what is not part of the page.
import type { Input } from '../../protocol/input.ts';
import type { FromView, ToView, ViewWords } from '../../protocol/ports.ts';
import { modifiersOf, type Place, pointOf } from './input/place.ts';
import { startPointerInput } from './input/pointer.ts';
import { createSelection } from './input/selection.ts';
import { startWheel } from './input/wheel.ts';
import type { Hands } from './overlay-hands.ts';
import { startMarks } from './overlay-marks.ts';
import type { MirrorBelow } from './overlay-mirror.ts';
import { startNotes } from './overlay-notes.ts';
import { startNotices } from './overlay-notice.ts';
import { OVERLAY_CSS } from './overlay-style.ts';
import type { OverlayTools } from './overlay-tools.ts';
import { startPointers } from './pointers.ts';

/** Until the embedding page sends those of the person's language. */
const ENGLISH: ViewWords = {
  useKeyboard: 'Use the keyboard in the shared page',
  keyboard: 'Keyboard of the shared page. Press F6, or Escape twice, to leave it.',
  list: 'Choices',
  pickerOpen: 'The customer has this open',
  notShared: 'not shared',
  tool: 'Arrow keys move, Enter acts, Escape puts the tool away.',
  asked: 'The customer is asked to click here',
  reasons: {
    'field-protected': 'This field is protected; only the customer can fill it in.',
    'file-chooser': 'Only the customer can choose a file.',
    internal: 'That was not possible.',
  },
};

export interface OverlayDeps {
  mirror: MirrorBelow;
  send(message: FromView): void;
  /** Registers for messages of the embedding page. */
  receive(listener: (message: ToView) => void): unknown;
}

/**
 * Starts the overlay in this document.
 *
 * Keyboard: with control, a click (or the button reached by Tab) gives the keyboard to the page, Tab included. F6, or Escape twice,
 * gives it back: the button has the focus then and Tab goes on from it.
 */
export function startOverlay({ mirror, send, receive }: OverlayDeps): { stop(): void } {
  const { host, layer, marks, pointersRoot, field, enter, above, tooling } = createOverlay();
  // Tab never goes into the mirror: nobody types there
  mirror.element.tabIndex = -1;
  let words = ENGLISH;
  let mine = false;
  let sharing = true;
  let stopped = false;
  /** Frame that the keys go to: the one that was pressed last. */
  let keyFrame: { frame: number; epoch: number } | undefined;
  let lastPlace: Place | undefined;

  /** Number of the last input, and the epoch of control that it is done in. */
  let seq = 0;
  /** Number of a Tab that is under way: only the leader knows which frame it leads to. */
  let tab: number | undefined;
  let control = 0;
  let people: Extract<ToView, { type: 'participants' }> | undefined;
  // Of no use before he has control, or somebody draws: loaded then.
  let hands: Hands | undefined;
  let tools: Promise<OverlayTools> | undefined;

  const sendInput = (input: Input): void => {
    if (!mine) return;
    send({ type: 'input', seq: ++seq, epoch: mirror.epoch(), control, input });
    hands?.pending.sent(seq, input);
    if (input.type !== 'input.key' || input.key !== 'Tab') return;
    tab = seq;
    // what was pressed before has no say any more
    keyFrame = undefined;
  };
  /** Of this page only: a new one has other frames, and its keys go where it has its focus. */
  const pressedFrame = (): number | undefined =>
    keyFrame?.epoch === mirror.epoch() ? keyFrame.frame : undefined;
  const frameOfKeys = (): { frame?: number } => {
    if (tab !== undefined) return {};
    const focused = mirror.focused?.();
    const frame = hands?.pending.frame() ?? (focused && mirror.idOf(focused)?.frame) ?? pressedFrame();
    return frame === undefined ? {} : { frame };
  };
  const loadTools = (): Promise<OverlayTools> => {
    tools ??= import('./overlay-tools.ts').then(({ startTools }) => {
      const started = startTools(tooling, layer, mirror, send);
      started.setWords(words);
      if (people) started.setPeople(people);
      if (stopped) started.stop();
      return started;
    });
    return tools;
  };
  const isComposing = (): boolean => field.classList.contains('composing');
  const takeKeyboard = (): void => field.focus({ preventScroll: true });

  const notices = startNotices(above);
  const pointers = startPointers(pointersRoot, mirror);
  const selection = createSelection(mirror, sendInput);
  const loadHands = async (): Promise<void> => {
    const { startHands } = await import('./overlay-hands.ts');
    if (stopped) return;
    hands ??= startHands({
      mirror,
      above,
      marks,
      field,
      selection,
      send: sendInput,
      frameOfKeys,
      onClose(tab) {
        takeKeyboard();
        if (!tab) return;
        const { key, code, repeat } = tab;
        sendInput({ type: 'input.key', key, code, repeat, modifiers: modifiersOf(tab), ...frameOfKeys() });
      },
      unnamed: () => words.list,
      mayControl: () => mine,
      leave() {
        enter.hidden = false;
        enter.focus();
      },
    });
  };
  const parts = [
    notices,
    startNotes(marks, mirror, () => words.pickerOpen),
    pointers,
    startMarks(marks, mirror, ({ x, y, height }) => {
      // what is composed stays where it began, over what the page makes of it
      if (isComposing()) return;
      field.style.left = `${x}px`;
      field.style.top = `${y}px`;
      field.style.height = `${height}px`;
    }),
    startWheel({ layer, mirror, mayControl: () => mine, send: sendInput }),
    startPointerInput({
      layer,
      mirror,
      selection,
      mayControl: () => mine,
      mayShare: () => sharing,
      send: sendInput,
      share: send,
      onPress(place) {
        // an input method finishes where it began
        if (isComposing()) field.blur();
        keyFrame = { frame: place.frame, epoch: mirror.epoch() };
        tab = undefined;
        lastPlace = place;
        pointers.pressed(place);
        hands?.pickers.closeUnlessOf(place.element);
        if (!hands?.pickers.isOpen) takeKeyboard();
      },
      grab: (place, event) => hands?.pickers.grab(place, event),
      onClick(element) {
        if (!hands?.pickers.toggle(element)) takeKeyboard();
      },
    }),
  ];

  const onFocus = (): void => {
    layer.classList.toggle('keyed', host.shadowRoot?.activeElement === field);
  };
  field.addEventListener('focus', onFocus);
  field.addEventListener('blur', onFocus);
  enter.addEventListener('click', takeKeyboard);

  const setControl = (now: boolean): void => {
    mine = now;
    layer.classList.toggle('controls', mine);
    enter.hidden = !mine;
    if (mine) {
      void loadHands();
      return;
    }
    hands?.pending.clear();
    hands?.pickers.close();
    field.blur();
  };
  setControl(false);
  mirror.onPerformed?.((done) => {
    if (tab !== undefined && (done ?? tab) >= tab) tab = undefined;
  });

  const setWords = (now: ViewWords): void => {
    words = now;
    document.documentElement.dataset.notShared = words.notShared;
    enter.textContent = words.useKeyboard;
    field.setAttribute('aria-label', words.keyboard);
    void tools?.then((started) => started.setWords(words));
  };
  setWords(ENGLISH);

  receive((message) => {
    if (stopped) return;
    switch (message.type) {
      case 'control':
        seq = Math.max(seq, message.seq);
        // Given, taken and given again between two messages: what was under way is void.
        if (control !== message.epoch) {
          hands?.pending.clear();
          tab = undefined;
        }
        control = message.epoch;
        if (message.mine !== mine) setControl(message.mine);
        break;
      case 'participants':
        people = message;
        pointers.setPeople(message);
        void tools?.then((started) => started.setPeople(message));
        break;
      case 'tool':
        if (tools || message.tool !== 'none') void loadTools().then((started) => started.take(message));
        break;
      case 'mark.drawn':
      case 'mark.framed':
      case 'mark.cleared':
      case 'click.asked':
      case 'click.answered':
        void loadTools().then((started) => started.take(message));
        break;
      case 'pointer':
        sharing = message.on;
        break;
      case 'pointer.moved':
      case 'pointer.clicked':
      case 'pointer.left':
        pointers.take(message);
        break;
      case 'input.refused': {
        hands?.pending.refused(message.seq);
        if (message.seq === tab) tab = undefined;
        const at = lastPlace?.element.isConnected ? lastPlace : undefined;
        const sentence = words.reasons[message.reason] ?? words.reasons.internal ?? '';
        notices.say(sentence, at && pointOf(mirror, at.element, at.x, at.y));
        break;
      }
      case 'words':
        setWords(message.words);
        break;
    }
  });

  return {
    stop() {
      stopped = true;
      for (const part of parts) part.stop();
      hands?.stop();
      void tools?.then((started) => started.stop());
      host.remove();
    },
  };
}

function createOverlay() {
  const host = document.createElement('tandem-overlay');
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(OVERLAY_CSS);
  shadow.adoptedStyleSheets = [sheet];
  const part = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    className: string,
  ): HTMLElementTagNameMap[K] => {
    const element = document.createElement(tag);
    element.className = className;
    shadow.append(element);
    return element;
  };
  const layer = part('div', 'layer');
  const marks = part('div', 'marks');
  const pointersRoot = part('div', 'pointers');
  const enter = part('button', 'enter');
  enter.type = 'button';
  const field = part('textarea', 'keys');
  field.tabIndex = -1;
  field.autocapitalize = 'off';
  field.autocomplete = 'off';
  field.spellcheck = false;
  field.setAttribute('autocorrect', 'off');
  const tooling = part('div', 'tooling');
  const above = part('div', 'above');
  document.documentElement.append(host);
  return { host, layer, marks, pointersRoot, field, enter, above, tooling };
}
