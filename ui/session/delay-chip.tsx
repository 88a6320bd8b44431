// The live figure of the delay to the gateway, in a colour and in words.
import { Chip } from '../design/display.tsx';
import { t } from '../words.ts';
import type { OpenSession } from './session.ts';

/** Up to here it feels immediate, ms. */
const GOOD_MS = 200;
const SLOW_MS = 500;

export function DelayChip({ session }: { session: OpenSession }) {
  const delay = session.delay.value;
  if (delay === undefined) return null;
  const tone = delay <= GOOD_MS ? 'good' : delay <= SLOW_MS ? 'warn' : 'danger';
  return (
    <span title={t(`delay.${tone}`)}>
      <Chip dot tone={tone}>
        <bdi>{t('delay.ms', { ms: delay })}</bdi>
        <span class="visually-hidden"> {t(`delay.${tone}`)}</span>
      </Chip>
    </span>
  );
}
