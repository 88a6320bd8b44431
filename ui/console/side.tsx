// The right column: chat, people and documents of what is open in the middle.

import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Empty } from '../design/display.tsx';
import { CopyField } from '../session/copy-field.tsx';
import { DocumentList } from '../session/documents.tsx';
import { Participants } from '../session/participants.tsx';
import type { OpenSession } from '../session/session.ts';
import { t } from '../words.ts';

interface SideProps {
  session: OpenSession | undefined;
  state: SessionState | undefined;
  /** The chat is the conversation's, and stays when the session ends. */
  chat: ComponentChildren;
}

type Tab = 'chat' | 'people' | 'documents';
const TABS: Tab[] = ['chat', 'people', 'documents'];

export function Side({ session, state, chat }: SideProps) {
  const [tab, setTab] = useState<Tab>('chat');
  const id = useId();
  const counts = {
    chat: 0,
    people: state?.participants.length ?? 0,
    documents: state?.documents.length ?? 0,
  };

  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const direction = document.documentElement.dir === 'rtl' ? -step : step;
    const next = TABS[(TABS.indexOf(tab) + direction + TABS.length) % TABS.length]!;
    setTab(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };

  return (
    <aside class="side" aria-label={t('side.label')}>
      <div class="tabs" role="tablist" aria-label={t('side.label')}>
        {TABS.map((name) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            class="tab"
            aria-selected={tab === name}
            aria-controls={`${id}-panel`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
            onKeyDown={move}
          >
            {t(`side.${name}`)}
            {counts[name] > 0 && <span class="tab-count">{counts[name]}</span>}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} class="side-body" role="tabpanel" aria-labelledby={`${id}-${tab}`}>
        {tab === 'chat' && chat}
        {tab === 'people' &&
          (session && state ? (
            <div class="side-scroll">
              <Participants state={state} self={session.pid.value} />
              <CopyField label={t('shared.url')} value={state.sessionUrl} copyLabel={t('copy')} />
              <p class="field-hint">{t('shared.url.hint')}</p>
            </div>
          ) : (
            <Empty icon="users" title={t('side.people.none')}>
              {t('side.none.text')}
            </Empty>
          ))}
        {tab === 'documents' &&
          (session && state && state.documents.length > 0 ? (
            <div class="side-scroll">
              <DocumentList session={session} state={state} />
            </div>
          ) : (
            <Empty icon="file" title={t('side.documents.none')}>
              {t(state ? 'side.documents.text' : 'side.none.text')}
            </Empty>
          ))}
      </div>
    </aside>
  );
}
