// Messages on MessagePorts between our own frames: page ↔ shell (the page is never trusted), view ↔ the page that embeds it.
import type { AddressTable } from './address.ts';
import type { Input } from './input.ts';
import type { Mark, Tool } from './marks.ts';
import type { ShownState } from './mirror-messages.ts';
import type { Reason } from './reasons.ts';
import type { Account } from './repair.ts';
import type { ClickKind, SessionEvent } from './session-messages.ts';

/**
 * `postMessage` from a page's document to the shell, with the port: `{ tandem: 'page', nonce, inner? }`. `inner` is true for a
 * blank frame that its parent's script speaks for: the hello's source is then the parent, whose own port stays.
 */
export const PAGE_HELLO = 'page';
/** `postMessage` from a child document to its parent document: `{ tandem: 'frame', nonce }`. */
export const FRAME_HELLO = 'frame';
/** `postMessage` from the embedding page to the view frame, with the port: `{ tandem: 'view' }`; answers the frame's `{ tandem: 'view-ready' }`. */
export const VIEW_HELLO = 'view';
export const VIEW_READY = 'view-ready';

/** A form that another document than its own sends: the page frame, for a frame in it. */
export interface SentForm {
  method: string;
  enctype: string;
  /** Files are the browser's own `File`s, which ports carry as they are. */
  fields: [name: string, value: string | { readonly name: string }][];
}

/** Page → shell. Everything is checked by the shell (shape) and by the gateway (meaning). */
export type FromPage =
  /** UTF-8 JSON of a PageFact. */
  | { type: 'fact'; json: Uint8Array }
  /** Page wants the page frame, or the session, to go there (`_top`, `_parent`, `_blank`, window.open): a session address, or off the list. */
  | { type: 'navigate'; url: string; form?: SentForm }
  /** tel:, mailto: and other schemes that leave the browser. */
  | { type: 'external'; url: string }
  /** What the browser asks or tells in a window of its own. Of `permission` the text is the name that `navigator.permissions` knows it by. */
  | {
      type: 'dialog';
      kind: 'alert' | 'confirm' | 'prompt' | 'print' | 'file' | 'leave' | 'permission' | 'closed';
      text: string;
    }
  /** The customer's Esc Esc. The page performs nothing more until control is told with a newer epoch. */
  | { type: 'takeBack' }
  /** One Esc of the customer while another holds control: the second one may come in another frame, or in the shell. */
  | { type: 'escape' }
  /** The customer used mouse or keys in the page while another holds control. */
  | { type: 'ownInput' }
  | { type: 'pointer'; kind: 'moved' | 'clicked' | 'left'; node: number; x: number; y: number }
  | { type: 'refused'; pid: string; seq: number; reason: 'field-protected' | 'file-chooser' | 'stale' }
  /** What was performed at this element got less than a click of the customer himself would. */
  | { type: 'needsClick'; node: number; what: ClickKind }
  /** The customer's answer to a `spot`. */
  | { type: 'spotAnswer'; id: string; answer: 'done' | 'declined' | 'gone' }
  /** Tab of a follower goes on to another document: into the one with that name (the nonce of its hello), else out to the one around this. */
  | { type: 'tab'; back: boolean; into?: string }
  /** A Tab of a follower has been done here, as far as it is done here: what he typed behind it may come. */
  | { type: 'tabbed' }
  /** This document goes, with its frame or for another: it performs and says nothing more. */
  | { type: 'gone' }
  /**
   * Whose a pointer input with `over` is, asked after each: this document's (`mine`), or that of the document which lies there, with
   * what is dragged. Its values come with the release alone: before, no page may read them.
   */
  | { type: 'beyond'; seq: number; mine: boolean; drag?: Dragged }
  /** What became of a drag from another document that was released here. */
  | { type: 'dropped'; seq: number; effect: DropEffect }
  /** A wheel of a follower found nothing more to scroll here: it goes on in the document around this. CSS px. */
  | { type: 'chain'; dx: number; dy: number }
  /** Drawn by the customer; its `frame` is filled in by the shell. */
  | { type: 'mark'; mark: Mark }
  /** Esc with a tool in hand: it is laid down. */
  | { type: 'toolDone' };

/** What a drop makes of what is dragged. */
export type DropEffect = 'none' | 'copy' | 'link' | 'move';

/** A drag and drop on its way from one document of the page into another. */
export interface Dragged {
  /** Types, and what there is of them: strings alone. */
  data: [type: string, value: string][];
  /** What the page it comes from allows. */
  allowed: 'none' | 'copy' | 'copyLink' | 'copyMove' | 'link' | 'linkMove' | 'move' | 'all' | 'uninitialized';
}

/** Shell → page. */
export type ToPage =
  /** `drag`: the pointer has something with it that comes from another document. */
  | { type: 'perform'; pid: string; seq: number; control: number; input: Input; drag?: Dragged }
  /** The follower's pointer has gone into the frame with that name, else out of this document. */
  | { type: 'hover'; into?: string }
  /** A drag from another document is here no more. */
  | { type: 'dragLeft' }
  /** What is dragged from here was released in another document: what became of it. */
  | { type: 'dropped'; effect: DropEffect }
  /** Tab comes in from another document: from the frame with that name, else from the one around this. */
  | { type: 'tab'; back: boolean; from?: string }
  /** A wheel that found nothing more to scroll in the frame with that name. */
  | { type: 'chain'; from: string; dx: number; dy: number }
  /** Send a new snapshot. */
  | { type: 'resend' }
  /** Say again what differs from what the gateway has. */
  | ({ type: 'repair'; of: number } & Account)
  /** Stop sending facts (collapse to last values) until `flow`. */
  | { type: 'hold' }
  | { type: 'flow' }
  /** Navigate this document to a session address; used for the page frame. */
  | { type: 'navigate'; url: string; form?: SentForm }
  | { type: 'history'; go: 'back' | 'forward' | 'reload' }
  /** Whether somebody else holds control, and his name: the page watches for own input. `epoch` counts changes of holder. */
  | { type: 'control'; by: string | null; epoch: number }
  /** Lights an element up, the rest dimmed, with words beside it, until the customer has clicked on it or does not want to. */
  | { type: 'spot'; id: string; node: number; what: ClickKind; color: number; words: SpotWords }
  /** Puts the light out. */
  | { type: 'unspot'; id: string }
  /** Moves the focus to the lit element, for who has no mouse. */
  | { type: 'goToSpot'; id: string }
  /** What the customer has in his hand above the page. */
  | { type: 'tool'; tool: Tool; color: number }
  /** Drawn by another participant, or (`by` '') all of it is to be wiped away. */
  | { type: 'mark'; by: string; name: string; color: number; mark: Mark }
  /** Pointer of another participant in this frame, drawn above the page. */
  | {
      type: 'pointer';
      pid: string;
      name: string;
      color: number;
      kind: 'moved' | 'clicked' | 'left';
      node: number;
      x: number;
      y: number;
    };

/** Embedding page (console or shell) → view frame. Binary mirror messages are posted as bare `ArrayBuffer`s. */
export type ToView =
  /** `epoch` counts changes of holder; `seq` is the highest number of an input that this window has sent. */
  | { type: 'control'; mine: boolean; holder: string; epoch: number; seq: number }
  /** What this follower has in his hand above the page. */
  | { type: 'tool'; tool: Tool }
  | { type: 'participants'; people: { pid: string; name: string; color: number }[]; self: string }
  | { type: 'zoom'; zoom: 'fit' | number }
  /** Sentences of the view in the person's language; English until they come. */
  | { type: 'words'; words: ViewWords }
  /** Whether the pointer of this follower is sent. */
  | { type: 'pointer'; on: boolean }
  | Extract<
      SessionEvent,
      {
        type:
          | 'pointer.moved'
          | 'pointer.clicked'
          | 'pointer.left'
          | 'input.refused'
          | 'page.dialog'
          | Mark['type']
          | 'click.asked'
          | 'click.answered';
      }
    >;

/** What the view says itself. */
export interface ViewWords {
  /** Button that gives the keyboard to the page. */
  useKeyboard: string;
  /** Name of the field that takes the keys; says how to get out. */
  keyboard: string;
  /** Name of a list of choices whose field has none. */
  list: string;
  /** Beside a field whose list of choices, calendar or colours the leader has open. */
  pickerOpen: string;
  /** In place of a frame whose host is not on the list, behind its name. */
  notShared: string;
  /** What to do with a tool in hand and no mouse. */
  tool: string;
  /** Beside an element that the customer is asked to click on. */
  asked: string;
  /** Sentences of refusals by reason code; `internal` for any other. */
  reasons: Partial<Record<Reason, string>>;
}

/** What stands beside a lit element, in the customer's language. */
export interface SpotWords {
  /** "Anna asks you to click here: choose a file" */
  ask: string;
  decline: string;
}

/** View frame → embedding page, which passes these on as session requests. */
export type FromView =
  /** `control`: epoch of control that the view knew; `seq` ascends from what the view was told. */
  | { type: 'input'; seq: number; epoch: number; control: number; input: Input }
  | { type: 'mark'; mark: Mark }
  /** The customer shall click on this element himself. */
  | { type: 'ask'; frame: number; node: number }
  /** Escape with a tool in hand: it is laid down. */
  | { type: 'toolDone' }
  | { type: 'pointer'; kind: 'moved' | 'clicked' | 'left'; frame: number; node: number; x: number; y: number }
  | { type: 'resync'; why: 'start' | 'gap' | 'digest' | 'tampered' }
  /** Something is missing or differs: what this view has of each document, at the epoch. */
  | {
      type: 'repair';
      why: 'gap' | 'digest';
      of: number;
      epoch: number;
      frames: ({ frame: number } & Account)[];
    }
  /** For the embedding page's own display. */
  | {
      type: 'shown';
      width: number;
      height: number;
      state: ShownState;
    };

/** What the gateway writes into the injected script's tag (`data-tandem`), JSON. */
export interface PageConfig {
  addresses: AddressTable;
  /** The upstream origin this document stands for, e.g. `https://www.shop.example`. */
  origin: string;
  /** Origin of the shell, the only one the hello is posted to. */
  shell: string;
  /** `document.cookie` of the upstream page as the jar has it (non-HttpOnly), for the synchronous shim. */
  cookie: string;
  /** Real referrer for `document.referrer`. */
  referrer: string;
  masks: { mask: string[]; hide: string[]; readonly: string[] };
  /** Scripts read the real host (site option). */
  realHosts?: boolean;
  /** State carried over at Start, only in the first document of the start origin. */
  carry?: Carry;
}

/** Script-visible state of the customer's page at Start (P1). Cookies go into the jar instead. */
export interface Carry {
  local: [string, string][];
  session: [string, string][];
  /** Form fields by a simple path, in document order. */
  fields: { path: string; value?: string; checked?: boolean; selected?: number[]; text?: string }[];
  scroll: [number, number];
  scrolls?: [path: string, x: number, y: number][];
  /** Path of the page that the fields are of: on another one, where a redirect led, they mean something else. */
  page?: string;
}
