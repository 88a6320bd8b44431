// Over a view in which no page is to be seen: it is still to come, or the customer looks at something that nobody can share.

import { Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { t } from '../words.ts';

interface PageVeilProps {
  /** The customer looks at a document that is none of the site's pages. */
  outOfSight: boolean;
  /** What is waited for otherwise. */
  title: string;
  text?: string | undefined;
}

export function PageVeil({ outOfSight, title, text }: PageVeilProps) {
  return (
    <div class="page-veil" role="status">
      {outOfSight ? <Icon name="file" /> : <Spinner />}
      <p class="page-veil-title">{outOfSight ? t('outOfSight.title') : title}</p>
      {outOfSight ? <p>{t('outOfSight.text')}</p> : text !== undefined && <p>{text}</p>}
    </div>
  );
}
