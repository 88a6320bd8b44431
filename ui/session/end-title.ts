// The heading above the sentence that says why somebody is not in the session (any more).
import type { Reason } from '../../protocol/reasons.ts';
import { t } from '../words.ts';

/** Ends of which one who never was in hears as refusals. */
const REFUSALS: ReadonlySet<Reason> = new Set([
  'agent-off',
  'system-off',
  'site-off',
  'not-allowed',
  'signed-out',
]);

/** @param entered whether he had been in the session: else nothing has ended for him */
export function titleOfEnd(reason: Reason, entered: boolean): string {
  switch (reason) {
    case 'replaced':
      return t('ended.replaced');
    case 'guest-refused':
      return t('ended.notAdmitted');
    case 'removed':
      return t('ended.removed');
    case 'left':
      return t('ended.left');
    default:
      return t(!entered && REFUSALS.has(reason) ? 'session.refused' : 'ended.title');
  }
}
