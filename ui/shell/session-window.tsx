// The session window: bar, shared page (for guests its mirror) with the state line above it, and the chat beside it.

import { useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Tool } from '../../protocol/marks.ts';
import { type ShownState, showsNothing } from '../../protocol/mirror-messages.ts';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Chip, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { say } from '../design/toasts.ts';
import { Address } from '../session/address.tsx';
import { AskedOfCustomer, AskedOfMe } from '../session/asked.tsx';
import { Chat } from '../session/chat.tsx';
import { CustomerAway } from '../session/customer-away.tsx';
import { DelayChip } from '../session/delay-chip.tsx';
import { DocumentViewer, ShareDialog } from '../session/documents.tsx';
import { HistoryButtons } from '../session/history-buttons.tsx';
import { InviteDialog } from '../session/invite-dialog.tsx';
import { LeftOut } from '../session/left-out.tsx';
import { NavigateDialog } from '../session/navigate-dialog.tsx';
import { PageDialog } from '../session/page-dialog.tsx';
import { PageVeil } from '../session/page-veil.tsx';
import { Faces } from '../session/participants.tsx';
import { PictureChip } from '../session/picture-chip.tsx';
import { holderOf, newId, type OpenSession, type Picture } from '../session/session.ts';
import { Tools } from '../session/tools.tsx';
import { useUnread } from '../session/unread.ts';
import { ViewFrame } from '../session/view-frame.tsx';
import { t, tn } from '../words.ts';
import { Bar, type BarAction } from './bar.tsx';
import { ControlDialog, UsersDialog } from './dialogs.tsx';
import { PageFrame } from './page-frame.tsx';
import type { PagePorts } from './page-ports.ts';
import { Prompts, type Wish } from './prompts.tsx';
import { startTakeBack, type TakeBack } from './take-back.ts';

interface SessionWindowProps {
  session: OpenSession;
  state: SessionState;
  /** Session address of the page to show; undefined for guests. */
  start: string | undefined;
  /** The same, of now. */
  latestStart: () => string | undefined;
  /** What the page may use, as the site's options say. */
  features: readonly string[];
}

/** What a guest's own display of the page says of it. */
function pictureOf(shown: ShownState): Picture {
  return { state: shown === 'catching-up' || shown === 'degraded' ? shown : 'live', names: [] };
}

export function SessionWindow({ session, state, start, latestStart, features }: SessionWindowProps) {
  const self = session.pid.value;
  const guest = session.kind.value === 'guest';
  const holder = holderOf(state);
  const mine = state.control.holder === self;
  const controlled = !guest && !mine;
  const [dialog, setDialog] = useState<Exclude<BarAction, 'end' | 'leave'>>();
  const [wish, setWish] = useState<Wish>();
  /** How well the page is shown here; the customer's own is `live` from its opening on. */
  const [shown, setShown] = useState<ShownState>('waiting');
  const opened = !showsNothing(shown);
  const [nudge, setNudge] = useState(0);
  const chatOpen = useSignal(matchMedia('(min-width: 64rem)').matches);
  const unread = useUnread(session.chat, chatOpen.value, session.kind.value ?? 'customer');

  const [tool, setTool] = useState<Tool>('none');
  const ports = useRef<PagePorts | undefined>(undefined);
  const takeBack = useTakeBack(session);

  // Esc twice: the page reports its own, these are the shell's.
  useEffect(() => {
    if (!controlled) return;
    const listen = ({ key, repeat }: KeyboardEvent): void => {
      if (key === 'Escape' && !repeat) takeBack.escape(performance.now());
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, [controlled, takeBack]);

  const act = (action: BarAction): void => {
    if (action === 'end') session.ask({ type: 'session.stop' });
    else if (action === 'leave') session.ask({ type: 'session.leave' });
    else if (action === 'control' && controlled) takeBack.now();
    else setDialog(action);
  };
  const close = () => setDialog(undefined);
  // For guests it is nothing special that somebody else is in control.
  const tone = mine ? 'own' : guest ? 'neutral' : 'other';

  return (
    <div class={`window${chatOpen.value ? ' window-chat' : ''}`}>
      <Bar state={state} guest={guest} controlled={controlled} onAction={act} />
      <main class={`stage stage-${tone}`}>
        <h1 class="visually-hidden">{t('window.title', { site: state.site.title })}</h1>
        <header class="strip">
          {state.rights.navigate && <HistoryButtons session={session} />}
          <Address url={state.url} title={state.title} />
          <div class="strip-end">
            <PictureChip own={guest} picture={guest ? pictureOf(shown) : session.picture.value} />
            <DelayChip session={session} />
            <span class="strip-people">
              <Faces state={state} />
              <span class="visually-hidden" role="status">
                {tn('users', state.participants.length)}
              </span>
            </span>
            <IconButton
              icon="chat"
              label={unread > 0 ? t('chat.showUnread', { n: unread }) : t('chat.toggle')}
              expanded={chatOpen.value}
              badge={unread}
              onClick={() => {
                chatOpen.value = !chatOpen.value;
              }}
            />
          </div>
        </header>

        <div class="control-line" key={nudge} data-nudged={nudge > 0 && controlled ? '' : undefined}>
          <p class="control-words" role="status">
            <Icon name="hand" />
            {mine
              ? t('control.mine')
              : t(holder?.connected === false && !guest ? 'control.theirsAway' : 'control.theirs', {
                  name: holder?.name ?? '',
                })}
          </p>
          {controlled && (
            <Button small kind="other" onClick={takeBack.now}>
              {t('control.takeBack')}
            </Button>
          )}
          {controlled && <span class="control-hint">{t('control.escape')}</span>}
          {guest && mine && (
            <Button small onClick={() => session.ask({ type: 'control.release' })}>
              {t('control.release')}
            </Button>
          )}
        </div>

        <div class="page">
          {start !== undefined ? (
            <PageFrame
              session={session}
              start={start}
              latestStart={() => latestStart() ?? start}
              controlled={controlled}
              features={features}
              onOpened={() => setShown('live')}
              onWish={setWish}
              onOwnInput={() => setNudge((count) => count + 1)}
              takeBack={takeBack}
              tool={tool}
              onToolDone={() => setTool('none')}
              ports={ports}
            />
          ) : (
            <>
              <ViewFrame
                session={session}
                viewOrigin={state.viewOrigin}
                zoom="fit"
                tool={tool}
                onToolDone={() => setTool('none')}
                onShown={({ state: next }) => setShown(next)}
              />
              <PageDialog session={session} />
              <CustomerAway state={state} />
            </>
          )}
          {!opened && (
            <PageVeil
              outOfSight={shown === 'out-of-sight'}
              title={guest ? t('page.waiting') : t('opening.title', { name: state.agent.name })}
              text={guest ? undefined : t('opening.text', { site: state.site.title })}
            />
          )}
          {guest ? (
            <AskedOfCustomer session={session} state={state} />
          ) : (
            <AskedOfMe
              session={session}
              state={state}
              onGoThere={(id) => ports.current?.goToSpot(id)}
              onDecline={(id) => ports.current?.decline(id)}
            />
          )}
          {opened && (
            <Tools
              tool={tool}
              onTool={setTool}
              onClear={() =>
                ports.current ? ports.current.clearMarks() : session.ask({ type: 'mark.cleared' })
              }
              ask={guest && mine}
            />
          )}
          <LeftOut state={state} />
          <DocumentViewer session={session} state={state} />
          <Prompts session={session} state={state} wish={wish} onWishDone={() => setWish(undefined)} />
          <Reconnecting session={session} />
        </div>
      </main>

      {chatOpen.value && (
        <aside class="side" aria-label={t('chat.label')}>
          <header class="side-head">
            <h2 class="side-title">{t('chat.with', { name: state.agent.name })}</h2>
            <IconButton
              icon="close"
              label={t('chat.hide')}
              onClick={() => {
                chatOpen.value = false;
              }}
            />
          </header>
          <Chat
            messages={session.chat}
            self={{
              kind: session.kind.value ?? 'customer',
              ...(guest ? { name: state.participants.find(({ pid }) => pid === self)?.name ?? '' } : {}),
            }}
            people={state.participants}
            onSend={(text) => session.ask({ type: 'chat.send', id: newId(), text })}
            emptyText={t('chat.empty.session', { name: state.agent.name })}
          />
        </aside>
      )}

      {dialog === 'users' && <UsersDialog session={session} state={state} onClose={close} />}
      {dialog === 'invite' && <InviteDialog session={session} state={state} onClose={close} />}
      {dialog === 'navigate' && <NavigateDialog session={session} state={state} onClose={close} />}
      {dialog === 'control' && <ControlDialog session={session} state={state} onClose={close} />}
      {dialog === 'share' && (
        <ShareDialog session={session} state={state} uploadPath="/documents" onClose={close} />
      )}
    </div>
  );
}

/** Of this session, as long as the window shows it. */
function useTakeBack(session: OpenSession): TakeBack {
  const kept = useRef<{ session: OpenSession; takeBack: TakeBack }>(undefined);
  if (kept.current?.session !== session) {
    kept.current?.takeBack.stop();
    const takeBack = startTakeBack(session);
    takeBack.onTaken(() => say(t('control.taken')));
    kept.current = { session, takeBack };
  }
  return kept.current.takeBack;
}

function Reconnecting({ session }: { session: OpenSession }) {
  return (
    <div class="reconnecting" role="status">
      {session.status.value !== 'open' && (
        <Chip tone="warn">
          <Spinner /> {t('reconnecting')}
        </Chip>
      )}
    </div>
  );
}
