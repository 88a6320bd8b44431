// Back, forward and reload of the shared page, for those who may navigate.
import { IconButton } from '../design/button.tsx';
import { t } from '../words.ts';
import type { OpenSession } from './session.ts';

export function HistoryButtons({ session }: { session: OpenSession }) {
  return (
    <div class="history">
      <IconButton
        icon="back"
        label={t('history.back')}
        onClick={() => session.ask({ type: 'session.history', go: 'back' })}
      />
      <IconButton
        icon="forward"
        label={t('history.forward')}
        onClick={() => session.ask({ type: 'session.history', go: 'forward' })}
      />
      <IconButton
        icon="reload"
        label={t('history.reload')}
        onClick={() => session.ask({ type: 'session.history', go: 'reload' })}
      />
    </div>
  );
}
