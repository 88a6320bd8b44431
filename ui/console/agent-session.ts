// An agent's place in a session: joins through the console's API and holds the socket while it is wanted.
import { useEffect, useState } from 'preact/hooks';
import type { AgentJoined } from '../../protocol/http-api.ts';
import { call } from '../call.ts';
import { type OpenSession, openSession } from '../session/session.ts';

/** The session of a sid, for as long as the component lives; undefined without a sid. */
export function useAgentSession(sid: string | undefined): OpenSession | undefined {
  const [held, setHeld] = useState<{ sid: string; session: OpenSession }>();
  useEffect(() => {
    if (sid === undefined) {
      setHeld(undefined);
      return;
    }
    const session = openSession({
      socketUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/session/${sid}/socket`,
      nonce: async () =>
        (await call<AgentJoined>(`/console/api/session/${sid}`, { method: 'POST', body: {} })).nonce,
    });
    setHeld({ sid, session });
    return () => session.stop();
  }, [sid]);
  return held && held.sid === sid ? held.session : undefined;
}
