// The refusal for facts that no recorder of ours would send.
import { Refused } from '../errors.ts';

/** @param why for the log only */
export function malformed(why: string): Refused {
  return new Refused('malformed', {}, new Error(why));
}
