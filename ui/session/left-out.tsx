// Above the page and above its mirror: that parts of it are missing because their host is not shared. Said once of each host and page.
import { useState } from 'preact/hooks';
import type { SessionState } from '../../protocol/session-messages.ts';
import { IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../words.ts';

/** Names in one sentence; more make it no clearer. */
const NAMED = 3;

export function LeftOut({ state }: { state: SessionState }) {
  /** Hosts of which this window was told to say nothing more. */
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());
  const hosts = (state.leftOut ?? []).filter((host) => !known.has(host));
  // It stays in place when there is nothing to say, so that screen readers hear of a change.
  return (
    <div class="left-out" role="status">
      {hosts.length > 0 && (
        <>
          <Icon name="info" />
          <span class="left-out-words">
            {t(hosts.length === 1 ? 'leftOut.one' : 'leftOut.many', { hosts: listed(hosts) })}
          </span>
          <IconButton
            icon="close"
            label={t('close')}
            onClick={() => setKnown(new Set([...known, ...hosts]))}
          />
        </>
      )}
    </div>
  );
}

function listed(hosts: readonly string[]): string {
  const named = hosts.slice(0, NAMED).join(', ');
  return hosts.length > NAMED ? t('leftOut.more', { hosts: named, n: hosts.length - NAMED }) : named;
}
