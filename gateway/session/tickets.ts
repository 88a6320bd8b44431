// Join tickets: the credential in the fragment of the session window's first address. One use, one minute.
import type { Store } from '../store/store.ts';
import { hashSecret, newSecret } from './secrets.ts';

export const TICKET_LIFE = 60_000;
const SPACE = 'ticket';

interface TicketRecord {
  sid: string;
  pid: string;
}

/** @returns the ticket for this participant of this session */
export async function issueTicket(store: Store, sid: string, pid: string): Promise<string> {
  const ticket = newSecret();
  const record: TicketRecord = { sid, pid };
  await store.put(SPACE, hashSecret(ticket), record, { expires: Date.now() + TICKET_LIFE });
  return ticket;
}

/** The pid that it was made for; undefined for one that is unknown, used, too old or of another session. */
export async function redeemTicket(store: Store, sid: string, ticket: string): Promise<string | undefined> {
  const record = await store.take<TicketRecord>(SPACE, hashSecret(ticket));
  return record?.sid === sid ? record.pid : undefined;
}
