// How a window comes into its session: by the ticket or invite in the fragment, or by the cookie of an earlier arrival.
import type { JoinBody, Joined } from '../../protocol/http-api.ts';
import { call } from '../call.ts';

/** What the fragment held; it is taken out of the address at once, so that it stays in no history and no screenshot. */
export type Credential = { ticket: string } | { invite: string } | undefined;

export function takeCredential(): Credential {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (location.hash !== '' || location.pathname !== '/') history.replaceState(null, '', '/');
  const ticket = fragment.get('t');
  const invite = fragment.get('i');
  if (ticket) return { ticket };
  if (invite) return { invite };
  return undefined;
}

/** @throws {RefusedCall} when it is used up, unknown or the session has ended */
export function join(body: JoinBody): Promise<Joined> {
  return call<Joined>('/join', { body });
}

/** One tab's proof that it was in this session, for when its cookie got lost; a new one comes with each welcome. */
const RESUME = 'tandem resume';

export function keepResume(resume: string): void {
  sessionStorage.setItem(RESUME, resume);
}

/** Comes back with the participant cookie, or without it by the resume secret. @throws {RefusedCall} */
export function enter(): Promise<Joined> {
  const resume = sessionStorage.getItem(RESUME);
  return call<Joined>('/enter', { body: resume === null ? {} : { resume } });
}
