// The address of the shared page.
import { Icon } from '../design/icon.tsx';
import { t } from '../words.ts';

/** The real address, so that a person sees which site this is; the host stands out, the rest is quiet. */
export function Address({ url, title }: { url: string; title: string }) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return (
    <div class="address" title={url}>
      <Icon name={parsed?.protocol === 'https:' ? 'lock' : 'globe'} />
      <span class="address-text" dir="ltr">
        {parsed ? (
          <>
            <span class="address-host">{parsed.host}</span>
            <span class="address-path">
              {parsed.pathname === '/' ? '' : parsed.pathname}
              {parsed.search}
            </span>
          </>
        ) : (
          <span class="address-path">{title || t('address.none')}</span>
        )}
      </span>
    </div>
  );
}
