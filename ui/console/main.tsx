// The console's start: sign-in, then conversations, a colleague's session, or System Settings, by the path.
import { computed, effect, signal } from '@preact/signals';
import { type ComponentType, render } from 'preact';
import type { Me } from '../../protocol/http-api.ts';
import { call } from '../call.ts';
import { Button } from '../design/button.tsx';
import { Avatar, Brand, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { Toasts } from '../design/toast.tsx';
import { loadWords, t } from '../words.ts';
import { ConversationList, NoConversation } from './conversation-list.tsx';
import { type Desk, openDesk } from './desk.ts';
import { SignIn } from './sign-in.tsx';
import { ConversationWorkspace, type Parts, SessionWorkspace } from './workspace.tsx';

const me = signal<Me | undefined>(undefined);
const desk = signal<Desk | undefined>(undefined);
/** Whether we know yet who is signed in. */
const asked = signal(false);
const expired = signal(false);
const adminPage = signal<ComponentType<{ me: Me }> | undefined>(undefined);

type Place = { name: 'desk' } | { name: 'admin' } | { name: 'session'; sid: string };

function placeOf(path: string): Place {
  const sid = /^\/session\/([a-z2-7]{16})$/.exec(path)?.[1];
  if (sid !== undefined) return { name: 'session', sid };
  return path === '/admin' || path.startsWith('/admin/') ? { name: 'admin' } : { name: 'desk' };
}
const place = placeOf(location.pathname);

function partsOf(query: string | null): Parts {
  if (query === null) return { list: true, view: true, chat: true, head: true };
  const named = new Set(query.split(','));
  return {
    list: named.has('list'),
    view: named.has('view'),
    chat: named.has('chat'),
    head: named.has('head'),
  };
}
const parts = partsOf(new URLSearchParams(location.search).get('parts'));

function signedIn(who: Me): void {
  me.value = who;
  expired.value = false;
  if (place.name === 'admin') return;
  desk.value = openDesk(who, () => {
    desk.value = undefined;
    me.value = undefined;
    expired.value = true;
  });
}

async function signOut(): Promise<void> {
  desk.value?.stop();
  await call('/console/api/logout', { method: 'POST', body: {} }).catch(() => undefined);
  desk.value = undefined;
  me.value = undefined;
}

const title = computed(() => {
  const waiting =
    desk.value?.conversations.value.filter(({ view }) => view.value.status === 'waiting').length ?? 0;
  const unread = desk.value?.conversations.value.reduce((sum, entry) => sum + entry.unread.value, 0) ?? 0;
  const name = place.name === 'admin' ? t('admin.name') : t('console.name');
  return waiting + unread > 0 ? `(${waiting + unread}) ${name}` : name;
});

function App() {
  const who = desk.value?.me.value ?? me.value;
  if (!asked.value) {
    return (
      <main class="desk-wait" aria-busy="true">
        <Spinner />
      </main>
    );
  }
  if (!who) return <SignIn expired={expired.value} onSignedIn={signedIn} />;
  const Admin = adminPage.value;
  return (
    <div
      class={`console${parts.list && place.name === 'desk' ? '' : ' console-parts'}${parts.view ? '' : ' console-narrow'}`}
    >
      {parts.head && <AppBar who={who} />}
      {place.name === 'admin' && (Admin ? <Admin me={who} /> : <Spinner />)}
      {place.name === 'session' && <SessionWorkspace sid={place.sid} parts={parts} />}
      {place.name === 'desk' && desk.value && <DeskPage desk={desk.value} />}
    </div>
  );
}

function DeskPage({ desk: open }: { desk: Desk }) {
  const entry = open.conversations.value.find(({ cid }) => cid === open.selected.value);
  return (
    <>
      {parts.list && <ConversationList desk={open} />}
      {entry && entry.view.value.status !== 'waiting' ? (
        <ConversationWorkspace key={entry.cid} desk={open} entry={entry} parts={parts} />
      ) : (
        <main class="desk-main desk-main-empty">
          <h1 class="visually-hidden">{t('console.name')}</h1>
          <NoConversation desk={open} />
        </main>
      )}
    </>
  );
}

function AppBar({ who }: { who: Me }) {
  const admin = who.roles.includes('admin');
  return (
    <header class="app-bar">
      <Brand />
      <nav class="app-nav" aria-label={t('nav.label')}>
        <a class="app-link" href="/" aria-current={place.name === 'admin' ? undefined : 'page'}>
          <Icon name="inbox" />
          <span>{t('nav.desk')}</span>
        </a>
        {admin && (
          <a class="app-link" href="/admin" aria-current={place.name === 'admin' ? 'page' : undefined}>
            <Icon name="gear" />
            <span>{t('nav.settings')}</span>
          </a>
        )}
      </nav>
      <span class="app-me">
        <Avatar small name={who.title} />
        <span class="app-name">{who.title}</span>
      </span>
      <Button small kind="quiet" icon="leave" onClick={() => void signOut()}>
        {t('signOut')}
      </Button>
    </header>
  );
}

await loadWords();
effect(() => {
  document.title = title.value;
});
const root = document.getElementById('app');
if (root) {
  render(
    <>
      <App />
      <Toasts />
    </>,
    root,
  );
}

call<Me>('/console/api/me')
  .then(signedIn, () => undefined)
  .finally(() => {
    asked.value = true;
  });
if (place.name === 'admin') {
  // Only those who open it load it.
  void import('../admin/settings-page.tsx').then(({ SettingsPage }) => {
    adminPage.value = SettingsPage;
  });
}
