// Text messages of the session socket: one endpoint for customer, guest (shell) and agent (console); who may say what is in realtime/dispatch.ts.

import type { Input } from './input.ts';
import { input } from './input.ts';
import { MAX_CHAT, MAX_FRAMES, MAX_URL } from './limits.ts';
import { type Mark, markShapes } from './marks.ts';
import type { Reason } from './reasons.ts';
import { type Account, MAX_SUMS } from './repair.ts';
import { type Decoded, integer, list, object, oneOf, optional, real, text, variants } from './schema.ts';

const pid = text(32);
const key = text(64);
const where = {
  frame: integer(0, 2 ** 31 - 1),
  node: integer(0, 2 ** 31 - 1),
  x: real(-100, 100),
  y: real(-100, 100),
};

/**
 * What only a click of the customer himself gets from a browser, or from a site that listens to nothing else: `click` is any of
 * them, the others say what it is for.
 */
export const CLICK_KINDS = ['click', 'file', 'picker', 'play', 'copy', 'fullscreen', 'allow'] as const;
export type ClickKind = (typeof CLICK_KINDS)[number];
const clickKind = oneOf(...CLICK_KINDS);
const element = { frame: where.frame, node: where.node };

/** What a participant may send. */
export const sessionRequest = variants({
  /** First message: `nonce` from the shell's HTML (agents: from the console's API); `resume` brings a dropped one back. */
  'session.hello': object({ nonce: text(128), resume: optional(text(128)) }),
  'session.stop': object({}),
  /** A guest or agent leaves; the session goes on. */
  'session.leave': object({}),
  /** Shows another page: an absolute http(s) URL, the allowlist applies. */
  'session.navigate': object({ url: text(MAX_URL) }),
  /** Back, forward or reload of the shared page. */
  'session.history': object({ go: oneOf('back', 'forward', 'reload') }),
  'chat.send': object({ id: key, text: text(MAX_CHAT) }),
  'control.ask': object({}),
  /** By the customer: gives control to a participant (also without being asked: "switch control"). */
  'control.give': object({ pid }),
  'control.refuse': object({ pid }),
  'control.takeBack': object({}),
  /** By the holder: back to the customer. */
  'control.release': object({}),
  'invite.create': object({}),
  'invite.revoke': object({ id: key }),
  'guest.admit': object({ pid }),
  'guest.refuse': object({ pid }),
  'participant.remove': object({ pid }),
  /** Opens a shared document for all; page counts from 1. */
  'document.open': object({ id: key, page: integer(1, 100_000) }),
  'document.close': object({}),
  'document.remove': object({ id: key }),
  /** Own pointer, anchored to an element of the mirror. */
  'pointer.moved': object(where),
  'pointer.clicked': object(where),
  'pointer.left': object({}),
  ...markShapes,
  /**
   * One thing done in the page; `seq` ascends per participant, `epoch` is the page's, `control` the epoch of control that he
   * held when he did it: what was under way when control changed hands is not performed later.
   */
  'input.perform': object({
    seq: integer(0, 2 ** 31),
    epoch: integer(0, 2 ** 31),
    control: integer(0, 2 ** 31),
    input,
  }),
  /** By the leader: an input could not be performed, and why (the follower is told). */
  'input.refused': object({
    pid,
    seq: integer(0, 2 ** 31),
    reason: oneOf('field-protected', 'file-chooser', 'stale'),
  }),
  /** By an agent or the holder of control: the customer is asked to click on this element himself; it is lit in his page. */
  'click.ask': object(element),
  /** By who asked: not wanted any more. */
  'click.withdraw': object({ id: key }),
  /** By the leader: the page got no more than a script may have for what was performed at this element. */
  'click.needed': object({ ...element, what: clickKind }),
  /** By the leader: what became of an asked click. `gone`: the element is not there any more. */
  'click.answered': object({ id: key, answer: oneOf('done', 'declined', 'gone') }),
  /** The mirror lost the thread, and a repair was of no help: send a snapshot. */
  'mirror.resync': object({ why: oneOf('start', 'gap', 'digest', 'tampered') }),
  /** Something is missing in the mirror, or differs: what is there of each document. Answered by `mirror.repaired`. */
  'mirror.repair': object({
    why: oneOf('gap', 'digest'),
    of: integer(0, 2 ** 31 - 1),
    epoch: integer(0, 2 ** 31),
    frames: list(
      object({
        frame: where.frame,
        width: integer(1, 2 ** 31 - 1),
        sums: list(integer(-(2 ** 31), 2 ** 31), MAX_SUMS),
      }),
      MAX_FRAMES,
    ),
  }),
  /** How well a follower sees the page, where that has lasted long enough to be noticed. */
  'mirror.shown': object({
    state: oneOf('waiting', 'out-of-sight', 'live', 'catching-up', 'degraded', 'paused'),
  }),
  /** By the leader: dialogs of the page, in words, for the followers. */
  'page.dialog': object({
    kind: oneOf('alert', 'confirm', 'prompt', 'print', 'file', 'leave', 'permission', 'closed'),
    text: text(1_000),
  }),
  /** By the leader's shell: the page frame holds a document that nothing is known of, as it is none of the site's pages. */
  'page.outOfSight': object({}),
  /** Shell's own visibility. */
  'page.visible': object({ visible: oneOf('visible', 'hidden') }),
  /** By the leader's shell: answer to a `session.clear`, the listed addresses have been emptied. */
  'session.cleared': object({ addresses: list(text(300), 64) }),
  /** Measures the delay: the gateway answers with `pong`. */
  ping: object({ at: real(0, 1e15) }),
});
export type SessionRequest = Decoded<typeof sessionRequest>;

export type ClickAnswer = 'done' | 'declined' | 'gone' | 'withdrawn' | 'late';

export type ParticipantKind = 'customer' | 'agent' | 'guest';

export interface ParticipantView {
  pid: string;
  name: string;
  kind: ParticipantKind;
  /** Index into the pointer palette. */
  color: number;
  connected: boolean;
  /** His window is not in sight: another tab is, or it is minimised. */
  hidden?: boolean;
}

export interface ChatMessage {
  id: string;
  /** UTC, ISO 8601. */
  at: string;
  from: { kind: ParticipantKind | 'system'; name: string };
  text: string;
  /** For lines of the system and of its own wording: the locale key, with `text` as fallback, and what fills its holes. */
  key?: string;
  params?: Record<string, string>;
}

export interface SharedDocument {
  id: string;
  name: string;
  type: string;
  bytes: number;
  by: string;
  /** PDF and images are shown to all; others are a download. */
  shown: boolean;
  /** Path on the view host: viewer for shown ones, download for others. */
  path: string;
}

/** What a participant may do just now; buttons follow it. */
export interface Rights {
  control: boolean;
  navigate: boolean;
  invite: boolean;
  share: boolean;
  stop: boolean;
}

/** The whole state of a session as one participant may see it. Sent at each change. */
export interface SessionState {
  sid: string;
  /** Site title and language settings. */
  site: { id: string; title: string };
  agent: { name: string };
  /** Real URL of the shared page; '' until the first page said hello. */
  url: string;
  title: string;
  /** URL to give to other agents (R19). */
  sessionUrl: string;
  participants: ParticipantView[];
  /** Guests who ask to be let in (for those who may admit). */
  waiting: { pid: string; name: string }[];
  control: { holder: string; asking: string[]; epoch: number };
  invites: { id: string; url: string; expires: string; uses: number }[];
  documents: SharedDocument[];
  open: { id: string; page: number } | null;
  /** Hosts, as people write them, of which parts of this page come that are not shared. */
  leftOut?: string[];
  rights: Rights;
  viewOrigin: string;
}

/** What the gateway sends to a participant. */
export type SessionEvent =
  | {
      type: 'session.welcome';
      pid: string;
      kind: ParticipantKind;
      state: SessionState;
      chat: ChatMessage[];
      resume: string;
    }
  | { type: 'session.changed'; state: SessionState }
  /** Sent to a guest who is not admitted yet. */
  | { type: 'session.waiting'; name: string }
  | { type: 'session.ended'; reason: Reason; returnUrl: string }
  /** To the leader's shell before the end: empty these origins in the browser, then answer `session.cleared`. */
  | { type: 'session.clear'; addresses: string[] }
  | { type: 'chat.said'; message: ChatMessage }
  | { type: 'control.asked'; pid: string; name: string }
  | { type: 'control.refused' }
  /** To the leader: do this in the page. */
  | { type: 'input.perform'; pid: string; seq: number; epoch: number; control: number; input: Input }
  /** To a follower: what he did was refused. */
  | { type: 'input.refused'; seq: number; reason: Reason }
  /** To the leader: show this session address in the page frame. */
  | { type: 'page.navigate'; url: string }
  | { type: 'page.history'; go: 'back' | 'forward' | 'reload' }
  /** To who asked for it: his `session.navigate` is allowed, and the leader goes there. */
  | { type: 'session.navigating' }
  /** To the leader: send a new snapshot of this frame (0 = all). */
  | { type: 'page.resend'; frame: number }
  /** To the leader: in this document something is missing or differs; what the gateway has, for the recorder to say the rest again. */
  | ({ type: 'page.repair'; frame: number; of: number } & Account)
  /** To the leader: how well others see the page, and by name who does not. */
  | { type: 'mirror.state'; state: 'live' | 'catching-up' | 'degraded'; names: string[] }
  /** To the leader: bytes of facts taken so far on this connection. */
  | { type: 'page.credit'; bytes: number }
  | { type: 'page.dialog'; kind: string; text: string }
  | {
      type: 'pointer.moved' | 'pointer.clicked';
      pid: string;
      frame: number;
      node: number;
      x: number;
      y: number;
    }
  | { type: 'pointer.left'; pid: string }
  | (Mark & { pid: string })
  /** To all: `pid` asks the customer for a click on this element. One at a time. */
  | { type: 'click.asked'; id: string; pid: string; what: ClickKind; frame: number; node: number }
  /** To all: it is over, and how. `late`: nobody answered. */
  | { type: 'click.answered'; id: string; answer: ClickAnswer }
  /** A request was refused; `of` is its type. */
  | { type: 'refused'; of: string; reason: Reason }
  | { type: 'notice'; reason: Reason; params?: Record<string, string> }
  | { type: 'pong'; at: number };
