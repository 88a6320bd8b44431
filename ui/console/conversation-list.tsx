// The left column: conversations that wait for this agent, and his own.
import { Button } from '../design/button.tsx';
import { Avatar, Chip, Empty, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { t, timeOf, tn } from '../words.ts';
import type { Desk, DeskConversation } from './desk.ts';

export function ConversationList({ desk }: { desk: Desk }) {
  const all = desk.conversations.value;
  const waiting = all.filter(({ view }) => view.value.status === 'waiting');
  const own = all.filter(({ view }) => view.value.status !== 'waiting');
  return (
    <nav class="desk-list" aria-label={t('desk.list')}>
      <section aria-labelledby="desk-waiting">
        <h2 id="desk-waiting" class="section-title">
          {t('desk.waiting')}
          {waiting.length > 0 && <span class="badge">{waiting.length}</span>}
        </h2>
        <div role="status" class="visually-hidden">
          {waiting.length > 0 ? t('desk.waiting.many', { n: waiting.length }) : ''}
        </div>
        {waiting.length === 0 ? (
          <p class="desk-none">{t('desk.waiting.none')}</p>
        ) : (
          <ul class="desk-rows">
            {waiting.map((entry) => (
              <WaitingRow key={entry.cid} desk={desk} entry={entry} />
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="desk-own">
        <h2 id="desk-own" class="section-title">
          {t('desk.own')}
        </h2>
        {own.length === 0 ? (
          <p class="desk-none">{t('desk.own.none')}</p>
        ) : (
          <ul class="desk-rows">
            {own.map((entry) => (
              <OwnRow key={entry.cid} desk={desk} entry={entry} />
            ))}
          </ul>
        )}
      </section>
      {desk.status.value === 'reconnecting' && (
        <p class="desk-link" role="status">
          <Chip tone="warn">
            <Spinner /> {t('reconnecting')}
          </Chip>
        </p>
      )}
    </nav>
  );
}

function lastWords({ chat }: DeskConversation): string {
  const said = chat.value.findLast(({ from }) => from.kind !== 'system');
  return said?.text ?? '';
}

function WaitingRow({ desk, entry }: { desk: Desk; entry: DeskConversation }) {
  const view = entry.view.value;
  return (
    <li class="desk-row desk-row-waiting">
      <div class="desk-row-head">
        <Avatar name={view.customer} />
        <div class="row-main">
          <p class="desk-row-title">
            <span class="row-title">{view.customer}</span>
            {view.away && (
              <Chip dot tone="warn">
                {t('desk.away')}
              </Chip>
            )}
          </p>
          <p class="row-note">
            {view.kind === 'call' && <Icon name="phone" />} {view.site.title} · {timeOf(view.since)}
          </p>
        </div>
        <Button
          small
          kind="primary"
          onClick={() => {
            desk.ask({ type: 'conversation.accept', cid: entry.cid });
            desk.select(entry.cid);
          }}
        >
          {t('desk.accept')}
        </Button>
      </div>
      {lastWords(entry) && (
        <p class="desk-words" dir="auto">
          {lastWords(entry)}
        </p>
      )}
    </li>
  );
}

function OwnRow({ desk, entry }: { desk: Desk; entry: DeskConversation }) {
  const view = entry.view.value;
  const selected = desk.selected.value === entry.cid;
  const unread = entry.unread.value;
  return (
    <li>
      <button
        type="button"
        class={`desk-row desk-row-own${selected ? ' desk-row-selected' : ''}`}
        aria-current={selected ? 'true' : undefined}
        onClick={() => desk.select(entry.cid)}
      >
        <Avatar name={view.customer} />
        <span class="row-main">
          <span class="desk-row-title">
            <span class="row-title">{view.customer}</span>
            {view.away ? (
              <Chip dot tone="warn">
                {t('desk.away')}
              </Chip>
            ) : (
              view.session?.window !== 'closed' &&
              view.session && (
                <Chip dot tone="own">
                  {t('desk.live')}
                </Chip>
              )
            )}
            {view.status === 'ended' && <Chip>{t('desk.ended')}</Chip>}
          </span>
          <span class="row-note desk-words" dir="auto">
            {lastWords(entry) || view.site.title}
          </span>
        </span>
        {unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{unread}</span>
            <span class="visually-hidden">{tn('unread', unread)}</span>
          </span>
        )}
      </button>
    </li>
  );
}

export function NoConversation({ desk }: { desk: Desk }) {
  const waiting = desk.conversations.value.some(({ view }) => view.value.status === 'waiting');
  return (
    <Empty icon="inbox" title={t(waiting ? 'desk.pick' : 'desk.quiet')}>
      {t(waiting ? 'desk.pick.text' : 'desk.quiet.text')}
    </Empty>
  );
}
