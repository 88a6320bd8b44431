// Over a follower's view: the customer's window is closed, without a connection or out of his sight.
import type { SessionState } from '../../protocol/session-messages.ts';
import { Icon } from '../design/icon.tsx';
import { t } from '../words.ts';

/** Whether nobody shows the page just now. */
export function isCustomerAway({ participants }: SessionState): boolean {
  return participants.some(({ kind, connected }) => kind === 'customer' && !connected);
}

export function CustomerAway({ state }: { state: SessionState }) {
  const customer = state.participants.find(({ kind }) => kind === 'customer');
  const name = customer?.name ?? '';
  return (
    <div role="status">
      {customer?.connected && customer.hidden && (
        <p class="page-dialog">
          <Icon name="clock" />
          <span>{t('away.hidden', { name })}</span>
        </p>
      )}
      {isCustomerAway(state) && (
        <div class="away">
          <div class="away-card">
            <Icon name="clock" />
            <div>
              <p class="away-title">{t('away.title', { name })}</p>
              <p>{t('away.text')}</p>
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
