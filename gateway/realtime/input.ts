// Input of the holder of control, checked before it reaches the leader: right page, each once, and never into protected fields.
import type { Input } from '../../protocol/input.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { SessionRequest } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { FoundElement } from '../mirror/session-mirror.ts';
import type { Relay, Seat } from './relay.ts';

type PointerInput = Extract<Input, { type: 'input.pointer' }>;
type InputRequest = Extract<SessionRequest, { type: 'input.perform' }>;

/** Keys that move on or leave and write nothing, so they are allowed even on a protected field. */
const HARMLESS_KEYS = new Set(['Tab', 'Escape', 'Enter', 'Shift', 'Control', 'Alt', 'Meta']);

/** What tells which fields are protected. */
export interface Fields {
  /** Undefined when there is no such element. */
  find(frame: number, node: number): FoundElement | undefined;
  /** The focused element of a document (without one: of the document focused last), where keys and text go. */
  focused(frame: number | undefined): FoundElement | undefined;
}

/**
 * Passes an input on to the leader.
 * @returns a promise while it waits until the leader has done what came before it
 * @throws {Refused} too-fast, customer-away, stale (page, control or message of before), field-protected, file-chooser
 */
export function takeInput(relay: Relay, seat: Seat, request: InputRequest): Promise<void> | undefined {
  if (!seat.inputs.take() || seat.order.isFull) throw new Refused('too-fast');
  checkTime(relay, request);
  if (request.seq <= seat.lastInput) throw new Refused('stale');
  seat.lastInput = request.seq;
  return seat.order.take((last) => passOn(relay, seat, request, last));
}

function checkTime(relay: Relay, { epoch, control }: InputRequest): void {
  // A click that nobody performs must not look as if it had been done.
  if (!relay.leader) throw new Refused('customer-away');
  // Done when he held control before: since then somebody else had it, and he may not know what happened.
  if (control !== relay.session.control.epoch) throw new Refused('stale');
  if (epoch !== relay.live.mirror.epoch) throw new Refused('stale');
}

/** @param last what is known of the focus is all that will be known */
function passOn(relay: Relay, seat: Seat, request: InputRequest, last: boolean): boolean {
  const { seq, input } = request;
  checkTime(relay, request);
  const reason = protectedBy(relay.fields, input);
  // The protected field may have lost the focus by what is under way: a Tab out of it, a click on another.
  if (reason && !last && goesToFocus(input)) return false;
  if (reason) {
    // Nothing that he does opens the customer's files: the customer is asked to.
    if (reason === 'file-chooser' && seat.clicks.take()) relay.askForFile(seat.participant.pid, input);
    throw new Refused(reason);
  }
  if (mayMoveFocus(input)) seat.order.passed(seq);
  seat.performed.set(input.type, (seat.performed.get(input.type) ?? 0) + 1);
  relay.session.lastUse = Date.now();
  relay.clicks.performed(seat.participant.pid, input);
  relay.tellLeader({ ...request, pid: seat.participant.pid });
  return true;
}

function goesToFocus({ type }: Input): boolean {
  return type === 'input.key' || type === 'input.text';
}

/** By itself, or by what the page makes of it; the leader says of each of these when it is done. */
function mayMoveFocus(input: Input): boolean {
  if (input.type === 'input.pointer') return input.action === 'down' || input.action === 'up';
  return goesToFocus(input) || input.type === 'input.value';
}

/** Why this input must not be performed; undefined when it may. */
export function protectedBy(fields: Fields, input: Input): Reason | undefined {
  switch (input.type) {
    case 'input.text':
      return writing(fields.focused(input.frame));
    case 'input.key':
      // Letting go writes nothing, and a key that nobody may let go would stay down.
      if (input.held === 'up' || HARMLESS_KEYS.has(input.key)) return undefined;
      return writing(fields.focused(input.frame));
    case 'input.value': {
      const field = fields.find(input.frame, input.node);
      return field ? writing(field) : 'stale';
    }
    case 'input.pointer':
      // What lies in another document under the pointer may become the place of a drop.
      return pressing(fields, input, input) ?? (input.over && pressing(fields, input.over, input));
    case 'input.wheel':
    case 'input.scroll':
    case 'input.select':
      return undefined;
  }
}

function pressing(
  fields: Fields,
  at: { frame: number; node: number },
  { action, client }: PointerInput,
): Reason | undefined {
  const field = fields.find(at.frame, at.node);
  // What the page has drawn anew the leader finds by the point, and asks the same of it.
  if (!field) return action === 'down' && !client ? 'stale' : undefined;
  if (action !== 'down' && action !== 'up') return undefined;
  // A press would open the customer's own file dialog, or change what the site declared as his alone.
  if (field.file) return 'file-chooser';
  return field.readonly ? 'field-protected' : undefined;
}

function writing(field: FoundElement | undefined): Reason | undefined {
  if (!field) return undefined;
  if (field.file) return 'file-chooser';
  return field.masked || field.readonly || field.type === 'password' ? 'field-protected' : undefined;
}
