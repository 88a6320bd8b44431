// The session window's start: comes in by ticket, invite or cookie, opens the socket and shows what belongs to the moment.
import { signal } from '@preact/signals';
import { render } from 'preact';
import type { Joined } from '../../protocol/http-api.ts';
import { RefusedCall, sentenceOfError } from '../call.ts';
import { Spinner } from '../design/display.tsx';
import { Toasts } from '../design/toast.tsx';
import { type OpenSession, openSession } from '../session/session.ts';
import { loadWords, t } from '../words.ts';
import { enter, join, keepResume, takeCredential } from './arrival.ts';
import { clearAddresses, forgetSession } from './clear-addresses.ts';
import { GuestDoor, WaitingRoom } from './door.tsx';
import { Closed, Ended, Page } from './ended.tsx';
import { type Receipt, type ReceiptKeeper, startReceipt } from './receipt.ts';
import { SessionWindow } from './session-window.tsx';

/** Where the window stands. */
type Scene =
  | { name: 'arriving' }
  | { name: 'door'; invite: string }
  | { name: 'closed'; sentence: string; consoleUrl: string | undefined }
  | { name: 'session'; joined: Joined; latest: () => Joined; session: OpenSession; receipt: ReceiptKeeper };

const scene = signal<Scene>({ name: 'arriving' });
const receipt = signal<Receipt | undefined>(undefined);

function begin(joined: Joined): void {
  // The answer's nonce serves the first connection; each later one fetches its own with the cookie.
  let first: string | undefined = joined.nonce;
  let latest = joined;
  const session = openSession({
    socketUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`,
    nonce: async () => {
      if (first === undefined) latest = await enter();
      first = undefined;
      return latest.nonce;
    },
  });
  const keeper = startReceipt(session.state, session.pid);
  session.onEvent((event) => {
    if (event.type === 'session.welcome') keepResume(event.resume);
    if (event.type !== 'session.clear') return;
    receipt.value ??= keeper.receipt();
    void clearAddresses(event.addresses).then((addresses) =>
      session.ask({ type: 'session.cleared', addresses }),
    );
  });
  session.ended.subscribe((end) => {
    if (!end) return;
    receipt.value ??= keeper.receipt();
    keeper.stop();
    session.stop();
    // In a newer window the session goes on.
    if (end.reason !== 'replaced' && end.reason !== 'connection-failed') void forgetSession();
    // The dead address answers by expiring our two cookies; nothing of the session stays in this browser.
    void fetch('/', { cache: 'no-store' }).catch(() => undefined);
  });
  scene.value = { name: 'session', joined, latest: () => latest, session, receipt: keeper };
}

function refuse(error: unknown): void {
  scene.value = {
    name: 'closed',
    sentence: sentenceOfError(error),
    consoleUrl: error instanceof RefusedCall ? error.consoleUrl : undefined,
  };
}

function App() {
  const now = scene.value;
  switch (now.name) {
    case 'arriving':
      return (
        <main class="sheet-page" aria-busy="true">
          <p class="sheet-spin" role="status">
            <Spinner /> {t('arriving')}
          </p>
        </main>
      );
    case 'door':
      return <GuestDoor onJoin={async (name) => begin(await join({ invite: now.invite, name }))} />;
    case 'closed':
      return <Closed sentence={now.sentence} consoleUrl={now.consoleUrl} />;
    case 'session':
      return <InSession scene={now} />;
  }
}

function InSession({ scene: { joined, latest, session } }: { scene: Extract<Scene, { name: 'session' }> }) {
  const end = session.ended.value;
  const guest = joined.kind === 'guest';
  if (end) return <Ended end={end} guest={guest} receipt={receipt.value} />;
  // The page is taken down before its addresses are emptied, so that it writes nothing anew.
  if (receipt.value) {
    return (
      <Page icon="clock" title={t('ending.title')}>
        <p class="sheet-lead" role="status">
          {t('ending.text')}
        </p>
      </Page>
    );
  }
  const waitingAs = session.waitingAs.value;
  if (waitingAs !== undefined) return <WaitingRoom name={waitingAs} />;
  const state = session.state.value ?? (guest ? undefined : joined.state);
  if (!state) return <WaitingRoom name="" />;
  return (
    <SessionWindow
      session={session}
      state={state}
      start={guest ? undefined : joined.start}
      latestStart={() => latest().start}
      features={joined.features ?? []}
    />
  );
}

const credential = takeCredential();
const invite = credential && 'invite' in credential ? credential.invite : undefined;
// The gateway is asked at once: the words are not needed for that, but for what a refusal says.
const arriving =
  invite === undefined ? (credential && 'ticket' in credential ? join(credential) : enter()) : undefined;
arriving?.catch(() => {});

await loadWords();
document.title = t('window.name');
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

if (invite !== undefined) scene.value = { name: 'door', invite };
arriving?.then(begin, refuse);
