// A session as one participant may see it, and what he may do in it.
import type { Rights, SessionState } from '../../protocol/session-messages.ts';
import type { Participant } from './participants.ts';
import type { Session } from './session.ts';

/** What this participant may do just now. */
export function rightsOf({ site }: Session, { kind, admitted }: Participant): Rights {
  const { agentMay } = site.options;
  const customer = kind === 'customer';
  const agent = kind === 'agent';
  return {
    control: admitted && (customer || (agent && agentMay.askControl)),
    navigate: admitted && (customer || (agent && agentMay.navigate)),
    invite: admitted && (customer || (agent && agentMay.invite)),
    share: admitted && (customer || agent),
    stop: admitted && (customer || agent),
  };
}

/** The whole state for one participant; a guest who waits sees nothing of the page nor of the others. */
export function stateFor(session: Session, participant: Participant): SessionState {
  const { control, documents, site } = session;
  const rights = rightsOf(session, participant);
  const shown = participant.admitted;
  const people = [...session.participants];
  return {
    sid: session.sid,
    site: { id: site.id, title: site.title },
    agent: { name: session.agentTitle },
    url: shown ? session.url : '',
    title: shown ? session.title : '',
    sessionUrl: `${session.shellOrigin}/`,
    participants: shown ? people.filter(({ admitted }) => admitted).map(({ view }) => view) : [],
    waiting:
      participant.kind === 'customer'
        ? people.filter(({ admitted }) => !admitted).map(({ pid, name }) => ({ pid, name }))
        : [],
    control: {
      holder: control.holder,
      asking: shown ? control.asking : [],
      epoch: control.epoch,
    },
    invites: rights.invite
      ? session.invites.list().map(({ id, secret, expires, uses }) => ({
          id,
          url: secret === undefined ? '' : `${session.shellOrigin}/join#i=${secret}`,
          expires: new Date(expires).toISOString(),
          uses,
        }))
      : [],
    documents: shown ? documents.list() : [],
    open: shown ? documents.open : null,
    leftOut: shown ? session.leftOut : [],
    rights,
    viewOrigin: session.viewOrigin,
  };
}
