// What the session window shows when the session is over, or cannot be entered.
import type { Reason } from '../../protocol/reasons.ts';
import { Button } from '../design/button.tsx';
import { Brand } from '../design/display.tsx';
import { Icon, type IconName } from '../design/icon.tsx';
import { titleOfEnd } from '../session/end-title.ts';
import type { SessionEnd } from '../session/session.ts';
import { durationOf, sentenceOf, t, tn } from '../words.ts';
import type { Receipt } from './receipt.ts';

interface EndedProps {
  end: SessionEnd;
  guest: boolean;
  receipt: Receipt | undefined;
}

/** A check mark says that it is done as wished; these ends are others'. */
const ICONS: Partial<Record<Reason, IconName>> = {
  replaced: 'screen',
  'guest-refused': 'lock',
  removed: 'leave',
};

export function Ended({ end, guest, receipt }: EndedProps) {
  const moved = end.reason === 'replaced';
  return (
    <Page icon={ICONS[end.reason] ?? 'check'} title={titleOfEnd(end.reason, true)}>
      <p class="sheet-lead" role="status">
        {!guest && end.reason === 'stopped-by-customer' ? t('ended.byYou') : sentenceOf(end.reason)}
      </p>
      {moved && (
        <div class="sheet-actions">
          <Button kind="primary" onClick={() => location.reload()}>
            {t('ended.here')}
          </Button>
          <Button onClick={() => window.close()}>{t('ended.close')}</Button>
        </div>
      )}
      {!moved && !guest && (
        <>
          <p>{t('ended.chat')}</p>
          <div class="sheet-actions">
            {/^https?:\/\//i.test(end.returnUrl) && (
              <a class="button button-primary" href={end.returnUrl} rel="noreferrer">
                <Icon name="outside" />
                <span>{t('ended.return')}</span>
              </a>
            )}
            <Button onClick={() => window.close()}>{t('ended.close')}</Button>
          </div>
        </>
      )}
      {!moved && !guest && receipt && <ReceiptCard receipt={receipt} />}
    </Page>
  );
}

function ReceiptCard({ receipt }: { receipt: Receipt }) {
  return (
    <section class="receipt" aria-labelledby="receipt">
      <h2 id="receipt" class="receipt-title">
        {t('receipt.title')}
      </h2>
      <dl class="receipt-list">
        <Line name={t('receipt.with')} value={receipt.people.join(', ') || t('receipt.nobody')} />
        <Line name={t('receipt.duration')} value={durationOf(receipt.duration)} />
        <Line name={t('receipt.pages')} value={tn('pages', receipt.pages)} />
        <Line
          name={t('receipt.documents')}
          value={receipt.documents.length > 0 ? receipt.documents.join(', ') : t('receipt.none')}
        />
        <Line
          name={t('receipt.control')}
          value={receipt.underControl < 500 ? t('receipt.never') : durationOf(receipt.underControl)}
        />
      </dl>
      <p class="field-hint">{t('receipt.note')}</p>
    </section>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div class="receipt-line">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The window was opened without a credential that holds. */
export function Closed({ sentence, consoleUrl }: { sentence: string; consoleUrl: string | undefined }) {
  return (
    <Page icon="lock" title={t('closed.title')}>
      <p class="sheet-lead" role="status">
        {sentence}
      </p>
      <ul class="sheet-list">
        <li>{t('closed.customer')}</li>
        <li>{t('closed.guest')}</li>
        <li>{t('closed.agent')}</li>
      </ul>
      {consoleUrl !== undefined && /^https?:\/\//i.test(consoleUrl) && (
        <div class="sheet-actions">
          <a class="button button-primary" href={consoleUrl}>
            {t('closed.console')}
          </a>
        </div>
      )}
    </Page>
  );
}

interface PageProps {
  icon: IconName;
  title: string;
  children: preact.ComponentChildren;
}

/** A quiet sheet in the middle, with the mark above it. */
export function Page({ icon, title, children }: PageProps) {
  return (
    <main class="sheet-page">
      <div class="sheet-brand">
        <Brand />
      </div>
      <div class="card sheet">
        <span class="empty-art">
          <Icon name={icon} />
        </span>
        <h1 class="sheet-title">{title}</h1>
        {children}
      </div>
    </main>
  );
}
