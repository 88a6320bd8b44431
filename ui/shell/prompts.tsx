// Questions and notes above the page: control asked, a guest at the door, outside the session, leaving the browser.
import type { ComponentChildren } from 'preact';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button } from '../design/button.tsx';
import { Prompt } from '../design/dialog.tsx';
import type { OpenSession } from '../session/session.ts';
import { t } from '../words.ts';

/** Something the page wished for that the session cannot do by itself. */
export type Wish = { kind: 'outside' | 'external'; url: string };

interface PromptsProps {
  session: OpenSession;
  state: SessionState;
  wish: Wish | undefined;
  onWishDone: () => void;
}

/** One question at a time, the most urgent first: nobody should answer two cards with one click. */
export function Prompts({ session, state, wish, onWishDone }: PromptsProps) {
  return <div class="prompts">{current({ session, state, wish, onWishDone })}</div>;
}

function current({ session, state, wish, onWishDone }: PromptsProps): ComponentChildren {
  const isCustomer = session.kind.value === 'customer';
  const asking = isCustomer
    ? state.participants.find(({ pid }) => state.control.asking.includes(pid))
    : undefined;
  if (asking) {
    const refuse = () => session.ask({ type: 'control.refuse', pid: asking.pid });
    return (
      <Prompt
        key={`control ${asking.pid}`}
        title={t('ask.title', { name: asking.name })}
        onEscape={refuse}
        actions={
          <>
            <Button icon="close" onClick={refuse}>
              {t('ask.refuse')}
            </Button>
            <Button icon="check" onClick={() => session.ask({ type: 'control.give', pid: asking.pid })}>
              {t('ask.give')}
            </Button>
          </>
        }
      >
        <p>{t('ask.text', { name: asking.name, site: state.site.title })}</p>
      </Prompt>
    );
  }
  const guest = isCustomer ? state.waiting[0] : undefined;
  if (guest) {
    const refuse = () => session.ask({ type: 'guest.refuse', pid: guest.pid });
    return (
      <Prompt
        key={`guest ${guest.pid}`}
        title={t('guest.title', { name: guest.name })}
        onEscape={refuse}
        actions={
          <>
            <Button icon="close" onClick={refuse}>
              {t('guest.refuse')}
            </Button>
            <Button icon="check" onClick={() => session.ask({ type: 'guest.admit', pid: guest.pid })}>
              {t('guest.admit')}
            </Button>
          </>
        }
      >
        <p>{t('guest.text')}</p>
      </Prompt>
    );
  }
  if (wish) {
    return (
      <Prompt
        key={`wish ${wish.url}`}
        title={t(wish.kind === 'outside' ? 'outside.title' : 'external.title')}
        onEscape={onWishDone}
        actions={
          <>
            {isOpenable(wish) && (
              <a
                class="button button-plain"
                href={wish.url}
                target={wish.kind === 'outside' ? '_blank' : '_self'}
                rel="noopener noreferrer"
                onClick={() => setTimeout(onWishDone)}
              >
                {t(wish.kind === 'outside' ? 'outside.open' : 'external.open')}
              </a>
            )}
            <Button kind="primary" onClick={onWishDone}>
              {t('outside.stay')}
            </Button>
          </>
        }
      >
        {wish.kind === 'outside' && <p>{t('outside.text', { site: state.site.title })}</p>}
        <p class="prompt-url" dir="ltr">
          {shortened(wish.url)}
        </p>
      </Prompt>
    );
  }
  return null;
}

/** The page chose this address: only schemes that cannot run as script get a link. */
function isOpenable({ kind, url }: Wish): boolean {
  return kind === 'outside' ? /^https?:\/\//i.test(url) : /^(tel|mailto|sms):/i.test(url);
}

function shortened(url: string): string {
  return url.length > 120 ? `${url.slice(0, 119)}…` : url;
}
