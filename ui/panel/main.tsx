// The contact panel's frame on the customer's site: contacts, chat and the Start button; it follows the customer over the pages.
import { computed, effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { ConversationBegin, ConversationBegun, PanelSite } from '../../protocol/http-api.ts';
import { call } from '../call.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Avatar, Chip, Notice, Spinner } from '../design/display.tsx';
import { Toasts } from '../design/toast.tsx';
import { Chat } from '../session/chat.tsx';
import { newId } from '../session/session.ts';
import { loadWords, t, tn } from '../words.ts';
import { Cobrowsing } from './cobrowsing.tsx';
import { type OpenConversation, openConversation } from './conversation.ts';
import { openKept } from './kept.ts';
import { openPageLink } from './page-link.ts';
import type { FromScript } from './port.ts';
import { playMessageSound } from './sound.ts';
import { createStarter } from './start.ts';
import { Welcome } from './welcome.tsx';

await loadWords();
document.title = t('panel.name');
const link = await openPageLink();
const wanted = new URLSearchParams(location.search).get('site');
const query = wanted === null ? `url=${encodeURIComponent(link.page)}` : `id=${encodeURIComponent(wanted)}`;
// Refused (a page that is not listed) or not reachable: then there is nothing to offer, and no launcher appears.
const site = await call<PanelSite>(`/panel/api/site?${query}`);
const kept = openKept(site.id);

const contacts = signal<PanelSite>(site);
const conversation = signal<OpenConversation | undefined>(undefined);
const isOpen = signal(kept.read().open ?? false);
const sound = signal(kept.read().sound ?? false);
const reachable = signal(true);
/** Of the real site, on which the last session ended. */
const lastPage = signal('');

/** P13: before Start is offered, one small request shows whether the gateway can be reached from here. */
async function testConnection(): Promise<void> {
  try {
    await call('/panel/api/ping');
    reachable.value = true;
  } catch {
    reachable.value = false;
  }
}

/** Who may be talked to changes while the page is open. */
async function refreshContacts(): Promise<void> {
  try {
    contacts.value = await call<PanelSite>(`/panel/api/site?${query}`);
  } catch {
    // What was known is still the best there is.
  }
}
const CONTACTS_EVERY_MS = 5_000;
effect(() => {
  if (!isOpen.value || conversation.value) return;
  void refreshContacts();
  const timer = setInterval(() => document.hidden || void refreshContacts(), CONTACTS_EVERY_MS);
  return () => clearInterval(timer);
});

function resume(token: string): void {
  conversation.value?.stop();
  kept.write({ token });
  conversation.value = openConversation({
    token,
    onLost: leave,
    onMessage: ({ from }) => {
      if (from.kind !== 'customer' && sound.value) playMessageSound();
    },
    onEnded: (url) => {
      lastPage.value = url;
      if (url !== '') link.tell({ type: 'return', url, pressed: false });
    },
  });
}

/** Back to the contacts. */
function leave(): void {
  conversation.value?.stop();
  conversation.value = undefined;
  kept.write({ token: undefined, read: undefined });
  starter.reset();
}

async function begin(contact: string, name: string): Promise<void> {
  const body: ConversationBegin = { site: site.id, contact, name, page: link.page };
  const { token } = await call<ConversationBegun>('/panel/api/conversation', { body });
  kept.write({ name, read: 0 });
  resume(token);
}

const starter = createStarter(
  link,
  () => conversation.value?.token,
  () => contacts.value.handover,
);

// What the script on the page must know: unread messages, and the beginning and end of co-browsing.
const unread = computed(() => {
  const chat = conversation.value?.chat.value;
  if (!chat || isOpen.value) return 0;
  return chat.slice(kept.read().read ?? 0).filter(({ from }) => from.kind === 'agent').length;
});
effect(() => {
  const chat = conversation.value?.chat.value;
  if (chat && isOpen.value) kept.write({ read: chat.length });
});
effect(() => {
  const count = unread.value;
  link.tell({ type: 'unread', count, label: count > 0 ? tn('unread', count) : '' });
});
let running: string | undefined;
effect(() => {
  const view = conversation.value?.view.value;
  if (!view) return;
  const sid = view.session?.sid;
  if (sid === running) return;
  if (sid !== undefined) link.tell({ type: 'started', sid });
  else link.tell({ type: 'stopped', reason: 'session-ended' });
  running = sid;
});

link.onMessage((message: FromScript) => {
  switch (message.type) {
    case 'shown':
      isOpen.value = message.open;
      kept.write({ open: message.open });
      if (message.open) void testConnection();
      break;
    case 'attach':
      resume(message.token);
      link.tell({ type: 'show', open: true });
      break;
    case 'resized':
      kept.write({ size: { width: message.width, height: message.height } });
      break;
  }
});
addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented) link.tell({ type: 'show', open: false });
});

function Panel() {
  const open = conversation.value;
  return (
    <div class="panel">
      <Head />
      {open ? (
        <Conversation key={open.token} open={open} />
      ) : (
        <main class="panel-body">
          <Welcome site={contacts.value} name={kept.read().name ?? ''} onBegin={begin} />
        </main>
      )}
      <Toasts />
    </div>
  );
}

const STATUS = { waiting: 'panel.waiting', open: 'panel.open.state', ended: 'panel.ended' } as const;

function Head() {
  const view = conversation.value?.view.value;
  const title = view ? (view.agent?.title ?? view.contact) : contacts.value.title;
  return (
    <header class="panel-head">
      {view && <Avatar name={title} />}
      <div class="panel-titles">
        <h1 class="panel-title">{title}</h1>
        <p class="panel-sub">{view ? t(STATUS[view.status]) : t('panel.greeting')}</p>
      </div>
      {view && (
        <IconButton
          icon={sound.value ? 'bell' : 'bellOff'}
          label={t('panel.sound')}
          pressed={sound.value}
          onClick={() => {
            sound.value = !sound.value;
            kept.write({ sound: sound.value });
            if (sound.value) playMessageSound();
          }}
        />
      )}
      {view && view.status !== 'ended' && (
        <IconButton
          icon="leave"
          label={t('panel.finish')}
          onClick={() => conversation.value?.ask({ type: 'conversation.end' })}
        />
      )}
      <IconButton
        icon="minimize"
        label={t('panel.minimize')}
        onClick={() => link.tell({ type: 'show', open: false })}
      />
    </header>
  );
}

function Conversation({ open }: { open: OpenConversation }) {
  const view = open.view.value;
  if (!view) {
    return (
      <main class="panel-body panel-wait">
        <p role="status">
          <Spinner /> {t('panel.connecting')}
        </p>
      </main>
    );
  }
  const ended = view.status === 'ended';
  const connected = open.status.value === 'open' && reachable.value;
  return (
    <main class="panel-body">
      {!ended && (
        <Cobrowsing
          conversation={view}
          connected={connected}
          starter={starter}
          onStop={() => open.ask({ type: 'session.stop' })}
          lastPage={lastPage.value === link.page ? '' : lastPage.value}
          onReturn={() => link.tell({ type: 'return', url: lastPage.value, pressed: true })}
        />
      )}
      <div class="panel-link" role="status">
        {open.status.value === 'reconnecting' && (
          <Chip tone="warn">
            <Spinner /> {t('reconnecting')}
          </Chip>
        )}
      </div>
      <Chat
        messages={open.chat}
        self={{ kind: 'customer' }}
        onSend={(text) => open.ask({ type: 'chat.send', id: newId(), text })}
        closed={ended ? t('panel.finished') : undefined}
        emptyText={t(view.status === 'waiting' ? 'panel.empty.waiting' : 'panel.empty')}
      />
      <div class="panel-foot" role="status">
        {open.refused.value !== undefined && !ended && (
          <Notice tone="warn" icon="warning" children={open.refused.value} />
        )}
      </div>
      {ended && (
        <div class="panel-again">
          <Button kind="primary" wide onClick={leave}>
            {t('panel.again')}
          </Button>
        </div>
      )}
    </main>
  );
}

const root = document.getElementById('app');
if (root) render(<Panel />, root);

const { token, size } = kept.read();
if (token !== undefined) resume(token);
void testConnection();
link.tell({
  type: 'ready',
  open: isOpen.value,
  size: size ?? null,
  words: {
    open: t('panel.open'),
    close: t('panel.close'),
    resize: t('panel.resize'),
    frame: t('panel.name'),
  },
});
