// Input of the holder of control, checked before it reaches the leader: right page, each once, and never into protected fields.
import type { Input } from '../../protocol/input.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { SessionRequest } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { FoundElement } from '../mirror/session-mirror.ts';
import type { Relay, Seat } from './relay.ts';

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

/** @throws {Refused} too-fast, stale (page, control or message of before), field-protected, file-chooser */
export function checkInput(relay: Relay, seat: Seat, { seq, epoch, control, input }: InputRequest): void {
  if (!seat.inputs.take()) throw new Refused('too-fast');
  const { mirror } = relay.live;
  // Done when he held control before: since then somebody else had it, and he may not know what happened.
  if (control !== relay.session.control.epoch) throw new Refused('stale');
  if (epoch !== mirror.epoch || seq <= seat.lastInput) throw new Refused('stale');
  seat.lastInput = seq;
  const reason = protectedBy(relay.fields, input);
  if (reason) throw new Refused(reason);
  seat.performed.set(input.type, (seat.performed.get(input.type) ?? 0) + 1);
  relay.session.lastUse = Date.now();
}

/** Why this input must not be performed; undefined when it may. */
export function protectedBy(fields: Fields, input: Input): Reason | undefined {
  switch (input.type) {
    case 'input.text':
      return writing(fields.focused(input.frame));
    case 'input.key':
      return HARMLESS_KEYS.has(input.key) ? undefined : writing(fields.focused(input.frame));
    case 'input.value': {
      const field = fields.find(input.frame, input.node);
      return field ? writing(field) : 'stale';
    }
    case 'input.pointer': {
      const field = fields.find(input.frame, input.node);
      if (!field) return input.action === 'down' ? 'stale' : undefined;
      if (input.action !== 'down' && input.action !== 'up') return undefined;
      // A press would open the customer's own file dialog, or change what the site declared as his alone.
      if (field.file) return 'file-chooser';
      return field.readonly ? 'field-protected' : undefined;
    }
    case 'input.wheel':
    case 'input.scroll':
    case 'input.select':
      return undefined;
  }
}

function writing(field: FoundElement | undefined): Reason | undefined {
  if (!field) return undefined;
  if (field.file) return 'file-chooser';
  return field.masked || field.readonly || field.type === 'password' ? 'field-protected' : undefined;
}
