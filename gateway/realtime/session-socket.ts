// The session socket: the first message of a window, then dispatch. Customers and guests come by their shell, agents by the console.

import type { WebSocket } from 'ws';
import { CLOSE } from '../../protocol/close-codes.ts';
import { type SessionEvent, type SessionRequest, sessionRequest } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { Participant } from '../session/participants.ts';
import { Connection } from './connection.ts';
import { type DispatchDeps, dispatch } from './dispatch.ts';
import { newSeat, type Relay, type Seat, type SessionConnection } from './relay.ts';

/** Half-open connections are found within five seconds. */
const HEARTBEAT = 2_000;

/** @param participant known by his cookie (shell) or login (console) before the upgrade */
export function openSessionSocket(
  deps: DispatchDeps,
  relay: Relay,
  participant: Participant,
  socket: WebSocket,
): SessionConnection {
  let seat: Seat | undefined;
  const connection: SessionConnection = new Connection<SessionEvent, SessionRequest>(socket, {
    decoder: sessionRequest,
    heartbeat: HEARTBEAT,
    log: relay.log,
    onRequest: (request) => {
      if (seat) dispatch(deps, relay, seat, request);
      else seat = greet(relay, participant, connection, request);
    },
    onBytes: (bytes) => {
      // Only the leader may state page facts; anybody else who tries is no window of ours.
      if (!seat?.leader || relay.leader !== seat) throw new Refused('not-allowed');
      if (!relay.session.ended) seat.leader.take(bytes);
    },
    onClose: () => {
      if (seat) relay.leave(seat);
    },
  });
  return connection;
}

function greet(
  relay: Relay,
  participant: Participant,
  connection: SessionConnection,
  request: SessionRequest,
): Seat | undefined {
  const { session } = relay;
  if (session.ended) {
    connection.close(CLOSE.ended);
    return undefined;
  }
  // Taken out between the upgrade and now, or a socket opened by another page with this browser's cookie.
  const known = session.participants.find(participant.pid) === participant;
  if (!known || request.type !== 'session.hello' || !session.nonceIs(participant.pid, request.nonce)) {
    relay.log.info({ audit: 'session.hello', refused: 'signed-out', pid: participant.pid });
    connection.close(CLOSE.unauthenticated);
    return undefined;
  }
  const seat = newSeat(participant, connection);
  relay.enter(seat);
  return seat;
}
