// States and conversations as the gateway would send them, with plain people.
import type { ConversationView } from '../../protocol/conversation-messages.ts';
import type { ChatMessage, ParticipantView, SessionState } from '../../protocol/session-messages.ts';
import { type FakeGateway, SID } from './fake-gateway.ts';

export const ADA: ParticipantView = {
  pid: 'p-ada',
  name: 'Ada Lovelace',
  kind: 'customer',
  color: 0,
  connected: true,
};
export const ANNA: ParticipantView = {
  pid: 'p-anna',
  name: 'Anna Berg',
  kind: 'agent',
  color: 1,
  connected: true,
};
export const GRETA: ParticipantView = {
  pid: 'p-greta',
  name: 'Greta Olsen',
  kind: 'guest',
  color: 2,
  connected: true,
};

export function sessionState(gateway: FakeGateway, change: Partial<SessionState> = {}): SessionState {
  return {
    sid: SID,
    site: { id: 'shop', title: 'Kiln & Clay' },
    agent: { name: ANNA.name },
    url: 'http://www.shop.example/cups?glaze=celadon',
    title: 'Cups',
    sessionUrl: `${gateway.places.consoleOrigin}/session/${SID}`,
    participants: [ADA, ANNA],
    waiting: [],
    control: { holder: ADA.pid, asking: [], epoch: 1 },
    invites: [],
    documents: [],
    open: null,
    rights: { control: true, navigate: true, invite: true, share: true, stop: true },
    viewOrigin: gateway.viewOrigin,
    ...change,
  };
}

let last = 0;
/** @param minute of a quarter past nine o'clock */
export function said(kind: ChatMessage['from']['kind'], name: string, text: string, minute = 0): ChatMessage {
  const at = new Date(Date.UTC(2026, 4, 12, 9, 15 + minute)).toISOString();
  return { id: `m${++last}`, at, from: { kind, name }, text };
}

export function talk(): ChatMessage[] {
  return [
    { ...said('system', '', 'Anna Berg is here.'), key: 'chat.agent-joined', params: { name: 'Anna Berg' } },
    said('agent', 'Anna Berg', 'Good morning Ada! How can I help you?', 1),
    said('customer', 'Ada Lovelace', 'I cannot find the celadon cups with a handle.', 2),
    said('customer', 'Ada Lovelace', 'Are they sold out?', 2),
    said(
      'agent',
      'Anna Berg',
      'Let me have a look together with you – you can start co-browsing above. 🙂',
      3,
    ),
  ];
}

export function conversationView(change: Partial<ConversationView> = {}): ConversationView {
  return {
    cid: 'c-1',
    kind: 'chat',
    site: { id: 'shop', title: 'Kiln & Clay' },
    customer: ADA.name,
    contact: 'Sales',
    agent: { name: 'anna', title: ANNA.name },
    status: 'open',
    away: false,
    since: '2026-05-12T09:15:00.000Z',
    cobrowsing: { may: true },
    session: null,
    ...change,
  };
}

/** A page of the site, quiet enough to look at in a screenshot. */
export function sitePage(title: string, extra = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#2b2a27;background:#faf8f4}header{display:flex;gap:2rem;padding:1.25rem 2.5rem;border-bottom:1px solid #e6e0d5;font-weight:600}
main{padding:2.5rem;display:grid;grid-template-columns:repeat(3,1fr);gap:1.5rem}h1{grid-column:1/-1;margin:0}article{background:#fff;border:1px solid #e6e0d5;border-radius:8px;padding:1rem}
.glaze{height:120px;border-radius:6px;background:#b9cfc0;margin-bottom:.75rem}</style></head><body>
<header><span>Kiln &amp; Clay</span><span>Cups</span><span>Pots</span><span>Plates</span></header>
<main><h1>${title}</h1>${['Celadon cup', 'Tenmoku cup', 'Ash-glazed cup']
    .map(
      (name) =>
        `<article><div class="glaze"></div><b>${name}</b><p>Thrown by hand, fired at 1280 °C.</p></article>`,
    )
    .join('')}</main>${extra}</body></html>`;
}
