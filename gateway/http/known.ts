// Who has shown who he is: whether a request bears a credential that holds, at whichever door. What it allows is the door's business.
import type { IncomingMessage } from 'node:http';
import type { Conversations } from '../session/conversations.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Logins } from '../sites/accounts.ts';
import { readOwnCookie } from '../sites/own-cookies.ts';
import type { Door } from '../sites/places.ts';
import { PARTICIPANT_COOKIE, passCookie } from './shell.ts';

interface KnownDeps {
  sessions: Pick<Sessions, 'find'>;
  conversations: Pick<Conversations, 'getByToken'>;
  logins: Pick<Logins, 'findByCookie'>;
}

/** @throws {Refused} malformed when a cookie of ours comes twice, no-conversation for a wrong token */
export async function isKnown(
  { headers }: IncomingMessage,
  door: Door,
  { sessions, conversations, logins }: KnownDeps,
): Promise<boolean> {
  switch (door.role) {
    case 'page':
      return (
        sessions.find(door.sid)?.passIs(readOwnCookie(headers.cookie, passCookie(door.sid)) ?? '') === true
      );
    case 'shell': {
      const cookie = readOwnCookie(headers.cookie, PARTICIPANT_COOKIE) ?? '';
      return sessions.find(door.sid)?.participants.findByCookie(cookie) !== undefined;
    }
    case 'console':
      return (await logins.findByCookie(headers.cookie)) !== undefined;
    case 'panel': {
      const token = /^Bearer ([\w-]{20,128})$/.exec(headers.authorization ?? '')?.[1];
      return token !== undefined && conversations.getByToken(token) !== undefined;
    }
    default:
      return false;
  }
}

/** Whether a path of the view host names something by an id that cannot be guessed. */
export function isById(url = ''): boolean {
  return /^\/[rsd]\//.test(url);
}
