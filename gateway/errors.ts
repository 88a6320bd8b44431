// All errors that may reach a person: stable code, HTTP status and WebSocket close code on one line each.
import { CLOSE } from '../protocol/close-codes.ts';
import type { Reason } from '../protocol/reasons.ts';

/** `[HTTP status, WebSocket close code]` of the reasons with which a request or connection is refused. */
const ANSWERS: Partial<Record<Reason, [status: number, close: number]>> = {
  'system-off': [403, CLOSE.forbidden],
  'agent-off': [403, CLOSE.forbidden],
  'site-off': [403, CLOSE.forbidden],
  'no-conversation': [401, CLOSE.unauthenticated],
  'no-agent': [409, CLOSE.policy],
  'page-not-listed': [403, CLOSE.policy],
  'only-customer': [403, CLOSE.forbidden],
  'already-running': [409, CLOSE.policy],
  'too-many-sessions': [503, CLOSE.goingAway],
  'not-in-control': [403, CLOSE.policy],
  'not-allowed': [403, CLOSE.forbidden],
  stale: [409, CLOSE.policy],
  'address-outside': [403, CLOSE.policy],
  'address-invalid': [400, CLOSE.policy],
  'session-ended': [410, CLOSE.ended],
  'invite-invalid': [410, CLOSE.unauthenticated],
  'document-too-large': [413, CLOSE.tooBig],
  'document-unreadable': [415, CLOSE.policy],
  'chat-unanswered': [429, CLOSE.policy],
  'chat-too-long': [413, CLOSE.tooBig],
  'too-fast': [429, CLOSE.policy],
  'signed-out': [401, CLOSE.unauthenticated],
  'sign-in-failed': [401, CLOSE.unauthenticated],
  'config-broken': [409, CLOSE.policy],
  'host-not-listed': [403, CLOSE.policy],
  'resource-only': [403, CLOSE.policy],
  'upstream-unreachable': [502, CLOSE.goingAway],
  'upstream-timeout': [504, CLOSE.goingAway],
  'upstream-refused-address': [403, CLOSE.policy],
  'upstream-expired': [502, CLOSE.goingAway],
  'upstream-not-yet-valid': [502, CLOSE.goingAway],
  'upstream-wrong-host': [502, CLOSE.goingAway],
  'upstream-unknown-authority': [502, CLOSE.goingAway],
  'upstream-certificate': [502, CLOSE.goingAway],
  'upstream-broken': [502, CLOSE.goingAway],
  'upstream-too-large': [502, CLOSE.tooBig],
  'no-pass': [401, CLOSE.unauthenticated],
  'wrong-origin': [403, CLOSE.forbidden],
  'service-worker': [404, CLOSE.policy],
  loop: [508, CLOSE.policy],
  malformed: [400, CLOSE.malformed],
  'unknown-host': [421, CLOSE.policy],
  internal: [500, 1011],
};

/** A refusal that a person may see. `params` fill the sentence of the reason's locale key; `cause` stays in the log. */
export class Refused extends Error {
  readonly reason: Reason;
  readonly status: number;
  readonly close: number;
  readonly params: Record<string, string>;

  constructor(reason: Reason, params: Record<string, string> = {}, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'Refused';
    this.reason = reason;
    [this.status, this.close] = ANSWERS[reason] ?? [403, CLOSE.policy];
    this.params = params;
  }
}

/** Whatever was thrown, as a refusal: unknown errors become `internal`. */
export function asRefused(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused('internal', {}, error);
}
