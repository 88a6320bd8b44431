// What is open in the console: one conversation with its session, or another agent's session by its URL.
import { useRef } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { Avatar, Chip, Empty, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { Chat } from '../session/chat.tsx';
import { titleOfEnd } from '../session/end-title.ts';
import { newId, type SessionEnd } from '../session/session.ts';
import { sentenceOf, t, timeOf } from '../words.ts';
import { useAgentSession } from './agent-session.ts';
import type { Desk, DeskConversation } from './desk.ts';
import { SharedPage } from './shared-page.tsx';
import { Side } from './side.tsx';

/** Parts that an embedding desktop wants to see: `?parts=view,chat`. */
export interface Parts {
  list: boolean;
  view: boolean;
  chat: boolean;
  head: boolean;
}

export function ConversationWorkspace({
  desk,
  entry,
  parts,
}: {
  desk: Desk;
  entry: DeskConversation;
  parts: Parts;
}) {
  const view = entry.view.value;
  const session = useAgentSession(view.session?.sid);
  const lastEnd = useRef<SessionEnd | undefined>(undefined);
  if (session?.ended.value) lastEnd.current = session.ended.value;
  else if (session) lastEnd.current = undefined;
  const state = session?.ended.value ? undefined : session?.state.value;
  const me = desk.me.value;

  return (
    <>
      <main class="desk-main">
        {parts.head && (
          <header class="desk-head">
            <Avatar name={view.customer} />
            <div class="row-main">
              <h1 class="desk-title">{view.customer}</h1>
              <p class="row-note">
                {view.kind === 'call' && <Icon name="phone" />} {view.site.title} · {view.contact} ·{' '}
                {t('desk.since', { time: timeOf(view.since) })}
              </p>
            </div>
            <span role="status">
              {view.away && (
                <Chip dot tone="warn">
                  {t('desk.away.text', { name: view.customer })}
                </Chip>
              )}
            </span>
            {view.status === 'open' && (
              <Button small onClick={() => desk.ask({ type: 'conversation.end', cid: entry.cid })}>
                {t('desk.finish')}
              </Button>
            )}
          </header>
        )}
        {parts.view &&
          (session && state ? (
            <SharedPage session={session} state={state} />
          ) : (
            <NoSession
              customer={view.customer}
              reason={view.cobrowsing.may ? undefined : view.cobrowsing.reason}
              opening={view.session !== null && !session?.ended.value}
              again={view.status !== 'ended' && view.session === null}
              end={lastEnd.current}
            />
          ))}
      </main>
      {parts.chat && (
        <Side
          session={session}
          state={state}
          chat={
            <Chat
              messages={entry.chat}
              people={state?.participants}
              self={{ kind: 'agent', name: me.title }}
              onSend={(text) => desk.ask({ type: 'chat.send', cid: entry.cid, id: newId(), text })}
              closed={view.status === 'ended' ? t('panel.finished') : undefined}
              emptyText={t('desk.chat.empty', { name: view.customer })}
            />
          }
        />
      )}
    </>
  );
}

interface NoSessionProps {
  customer: string;
  /** Why co-browsing is not offered to the customer. */
  reason: string | undefined;
  opening: boolean;
  /** Whether the customer can start it again. */
  again: boolean;
  end: SessionEnd | undefined;
}

function NoSession({ customer, reason, opening, again, end }: NoSessionProps) {
  if (opening) {
    return (
      <div class="desk-middle" role="status">
        <Empty icon="screen" title={t('shared.opening')}>
          <Spinner />
        </Empty>
      </div>
    );
  }
  return (
    <div class="desk-middle" role="status">
      {end ? (
        <Empty icon={end.reason === 'removed' ? 'leave' : 'check'} title={titleOfEnd(end.reason, true)}>
          <p>{sentenceOf(end.reason)}</p>
          {again && <p>{t('shared.again', { name: customer })}</p>}
        </Empty>
      ) : (
        <Empty icon="screen" title={t(reason === undefined ? 'shared.none' : 'shared.off')}>
          {reason === undefined ? t('shared.none.text', { name: customer }) : sentenceOf(reason)}
        </Empty>
      )}
    </div>
  );
}

/** R19: an agent opens a session URL that a colleague gave him. */
export function SessionWorkspace({ sid, parts }: { sid: string; parts: Parts }) {
  const session = useAgentSession(sid);
  const end = session?.ended.value;
  const state = end ? undefined : session?.state.value;
  const self = state?.participants.find(({ pid }) => pid === session?.pid.value);
  return (
    <>
      <main class="desk-main">
        {parts.head && (
          <header class="desk-head">
            <div class="row-main">
              <h1 class="desk-title">
                {state ? t('session.of', { name: state.agent.name }) : t('session.title')}
              </h1>
              <p class="row-note">{state?.site.title ?? ''}</p>
            </div>
            {state && (
              <Button small icon="leave" onClick={() => session?.ask({ type: 'session.leave' })}>
                {t('session.leave')}
              </Button>
            )}
          </header>
        )}
        {session && state ? (
          parts.view && <SharedPage session={session} state={state} />
        ) : (
          <div class="desk-middle" role="status">
            {end ? (
              <Empty
                icon={end.reason === 'left' ? 'check' : 'lock'}
                title={titleOfEnd(end.reason, session?.state.value !== undefined)}
              >
                <p>{sentenceOf(end.reason)}</p>
                <p>
                  <a href="/">{t('session.back')}</a>
                </p>
              </Empty>
            ) : (
              <Empty icon="screen" title={t('shared.opening')}>
                <Spinner />
              </Empty>
            )}
          </div>
        )}
      </main>
      {parts.chat && session && state && (
        <Side
          session={session}
          state={state}
          chat={
            <Chat
              messages={session.chat}
              people={state.participants}
              self={{ kind: 'agent', name: self?.name ?? '' }}
              onSend={(text) => session.ask({ type: 'chat.send', id: newId(), text })}
              emptyText={t('desk.chat.empty', { name: state.participants[0]?.name ?? '' })}
            />
          }
        />
      )}
    </>
  );
}
