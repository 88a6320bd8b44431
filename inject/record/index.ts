// The recorder: says what a document shows, and every change of it, as facts for the gateway.
import type { PageFact } from '../../protocol/page-facts.ts';
import type { PageWindow } from '../natives.ts';
import { isOwn as isOurs } from '../own/own.ts';
import { startAddress } from './address.ts';
import { startAnimations } from './animations.ts';
import { startCanvas } from './canvas.ts';
import { startCustomElements } from './custom-elements.ts';
import { startDialogs } from './dialogs.ts';
import { startFields } from './fields.ts';
import { startFonts } from './fonts.ts';
import { type Frames, startFramesOf } from './frames.ts';
import { startMarks } from './marks.ts';
import { hideMaskedWords } from './masked-words.ts';
import type { MaskSelectors } from './masks.ts';
import { startMedia } from './media.ts';
import { startMutations } from './mutations.ts';
import { startOpenPickers } from './open-pickers.ts';
import { Recording, type StartObserver } from './recording.ts';
import type { Asked } from './repair.ts';
import { startScroll } from './scroll.ts';
import { startSelection } from './selection.ts';
import { startShadow } from './shadow.ts';
import { startSheets } from './sheets.ts';
import { startStates } from './states.ts';
import { startValidity } from './validity.ts';
import { startViewport } from './viewport.ts';

/** A document being recorded. */
export interface Recorder {
  stop(): void;
  /** Says nothing until `flow`: changes collapse to their last values. */
  hold(): void;
  flow(): void;
  /** A new snapshot, with new ids. */
  resend(): void;
  /** Says again what the gateway has otherwise, by its own account of it. */
  repair(asked: Asked): void;
  nodeById(id: number): Node | undefined;
  /** A node that the page took away a moment ago. */
  removedById(id: number): Node | undefined;
  /** An input with that number has been performed: said after what it changed. */
  done(seq: number): void;
  /** 0 for a node that is not sent. */
  idOf(node: Node): number;
  /** Ties the document that said hello to the iframe it is in. */
  pairFrame(iframe: Element, nonce: string): void;
  /** Whether a part is shown as dots or left out. */
  isMasked(element: Element): boolean;
  /** A text of the page with dots for what is masked in the document. */
  hideMasked(text: string): string;
  /** The shadow root of a host, closed ones included. */
  shadowOf(element: Element): ShadowRoot | null;
}

/** Mutations first: their records say what is new before anything else is said of it. */
const OBSERVERS: StartObserver[] = [
  startMutations,
  startShadow,
  startMarks,
  startFields,
  startValidity,
  startOpenPickers,
  startScroll,
  startSheets,
  startDialogs,
  startMedia,
  startCanvas,
  startCustomElements,
  startAnimations,
  startFonts,
  startStates,
  startSelection,
  startViewport,
  startAddress,
];

/**
 * Starts recording a document; call it before any script of the page.
 * @param send takes facts, each below 64 KiB as JSON, in order
 */
export function startRecorder(options: {
  window: PageWindow;
  send(fact: PageFact): void;
  masks: MaskSelectors;
  /** The document of the page frame. */
  top: boolean;
  /** One-time name, told to the parent document too. */
  nonce: string;
  /** Roots of what we put into the page ourselves. */
  isOwn?(node: Node): boolean;
}): Recorder {
  const recording = new Recording({ isOwn: isOurs, ...options, nonce: options.top ? '' : options.nonce });
  let frames: Frames | undefined;
  recording.start([
    ...OBSERVERS,
    (started) => {
      frames = startFramesOf(started);
      return frames;
    },
  ]);
  return {
    stop: () => recording.stop(),
    hold: () => recording.hold(),
    flow: () => recording.flow(),
    resend: () => recording.snapshot(),
    repair: (asked) => recording.repair(asked),
    done: (seq) => recording.done(seq),
    nodeById: (id) => recording.tree.find(id)?.node,
    removedById: (id) => recording.removed.find(id),
    idOf: (node) => recording.idOf(node),
    pairFrame: (iframe, nonce) => frames?.pair(iframe, nonce),
    isMasked: (element) => {
      const known = recording.tree.of(element);
      return known ? known.mask > 0 : recording.masks.own(element, element.localName) > 0;
    },
    hideMasked: (text) => hideMaskedWords(recording, text),
    shadowOf: (element) => recording.rootOf(element),
  };
}
