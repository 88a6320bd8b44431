// An agent's place in a session: joins through the console's API and holds the socket while it is wanted.
import { useEffect, useState } from 'preact/hooks';
import type { AgentJoined } from '../../protocol/http-api.ts';
import { call } from '../call.ts';
import { type OpenSession, openSession } from '../session/session.ts';

/** The news that the session is over may come by the desk's socket before the session's own says why, ms. */
const LAST_WORDS_MS = 2_000;

/**
 * The session of a sid, for as long as the component lives. Without a sid any more it stays until it has said why it ended;
 * then undefined.
 */
export function useAgentSession(sid: string | undefined): OpenSession | undefined {
  const [wanted, setWanted] = useState(sid);
  const [held, setHeld] = useState<{ sid: string; session: OpenSession }>();
  if (sid !== undefined && sid !== wanted) setWanted(sid);
  useEffect(() => {
    if (wanted === undefined) {
      setHeld(undefined);
      return;
    }
    const session = openSession({
      socketUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/session/${wanted}/socket`,
      nonce: async () =>
        (await call<AgentJoined>(`/console/api/session/${wanted}`, { method: 'POST', body: {} })).nonce,
    });
    setHeld({ sid: wanted, session });
    return () => session.stop();
  }, [wanted]);
  const session = held && held.sid === wanted ? held.session : undefined;
  const over = session?.ended.value !== undefined;
  useEffect(() => {
    if (sid !== undefined) return;
    const timer = setTimeout(() => setWanted(undefined), over ? 0 : LAST_WORDS_MS);
    return () => clearTimeout(timer);
  }, [sid, over]);
  return session;
}
