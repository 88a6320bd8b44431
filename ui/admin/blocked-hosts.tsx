// Of one site: hosts that are not on its list and were asked for, each with what an admin can do about it.
import type { BlockedHost } from '../../protocol/blocked.ts';
import type { Settings } from '../../protocol/http-api.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { momentOf, t, tn } from '../words.ts';
import type { LiveSettings } from './settings.ts';

type Site = Settings['sites'][number];

export function BlockedHosts({ live, site }: { live: LiveSettings; site: Site }) {
  const { hosts, others, dismissed } = site.blocked;
  const busy = live.saving.value.has(site.id);
  return (
    <div class="blocked">
      {hosts.length > 0 && (
        <>
          <h4 class="blocked-title">
            <Icon name="warning" />
            <span>{tn('admin.blocked', hosts.length)}</span>
          </h4>
          <p class="row-note">{t('admin.blocked.text')}</p>
          <ul class="blocked-list">
            {hosts.map((host) => (
              <Row key={host.origin} host={host} live={live} site={site} busy={busy} />
            ))}
          </ul>
          {others > 0 && <p class="row-note">{tn('admin.blocked.others', others)}</p>}
        </>
      )}
      {dismissed > 0 && (
        <p class="blocked-dismissed">
          <span class="row-note">{tn('admin.blocked.dismissed', dismissed)}</span>
          <Button
            small
            kind="quiet"
            busy={busy}
            onClick={() => live.answerBlocked(site.id, { type: 'restore' })}
          >
            {t('admin.blocked.restore')}
          </Button>
        </p>
      )}
    </div>
  );
}

interface RowProps {
  host: BlockedHost;
  live: LiveSettings;
  site: Site;
  busy: boolean;
}

function Row({ host, live, site, busy }: RowProps) {
  const { origin, shown, kinds, count, page, at } = host;
  const time = momentOf(at);
  const words = kinds.map((kind) => t(`admin.blocked.kind.${kind}`)).join(', ');
  const allow = (as: 'domains' | 'resources') => () =>
    live.answerBlocked(site.id, { type: 'allow', origin, as });
  return (
    <li class="blocked-host">
      <div class="row-main">
        <code>{shown}</code>
        {/* What another script may look like, its ASCII form tells. */}
        {shown !== origin && <span class="row-note blocked-ascii">{origin}</span>}
        <p class="row-note">
          {t('admin.blocked.what', { kinds: words, times: tn('admin.blocked.times', count) })}
        </p>
        <p class="row-note blocked-page">
          {page === '' ? t('admin.blocked.at', { time }) : t('admin.blocked.on', { page, time })}
        </p>
      </div>
      <div class="blocked-keys">
        <Button small busy={busy} tip={t('admin.blocked.load.tip')} onClick={allow('resources')}>
          {t('admin.blocked.load')} <span class="visually-hidden">{shown}</span>
        </Button>
        <Button small busy={busy} tip={t('admin.blocked.show.tip')} onClick={allow('domains')}>
          {t('admin.blocked.show')} <span class="visually-hidden">{shown}</span>
        </Button>
        <Button
          small
          kind="quiet"
          busy={busy}
          tip={t('admin.blocked.dismiss.tip')}
          onClick={() => live.answerBlocked(site.id, { type: 'dismiss', origin })}
        >
          {t('admin.blocked.dismiss')} <span class="visually-hidden">{shown}</span>
        </Button>
      </div>
    </li>
  );
}
