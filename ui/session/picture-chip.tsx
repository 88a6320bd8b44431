// How well the shared page is shown, where it is not as it should be: a word, and why when somebody wants to know.
import { Chip } from '../design/display.tsx';
import { t } from '../words.ts';
import type { Picture } from './session.ts';

/** @param names who does not see it; empty when it is everybody, or oneself */
export function PictureChip({ picture: { state, names }, own }: { picture: Picture; own: boolean }) {
  const kind = state === 'degraded' ? 'degraded' : 'catchingUp';
  const sentence = own
    ? t(`picture.${kind}.own`)
    : names.length > 0
      ? t(`picture.${kind}.some`, { names: names.join(', ') })
      : t(`picture.${kind}.all`);
  // It stays in place when there is nothing to say, so that screen readers hear of a change.
  return (
    <span role="status" class="picture-chip">
      {state !== 'live' && (
        <span title={sentence}>
          <Chip dot tone="warn">
            {t(`state.${kind}`)}
          </Chip>
          <span class="visually-hidden">{sentence}</span>
        </span>
      )}
    </span>
  );
}
