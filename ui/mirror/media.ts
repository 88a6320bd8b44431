// Images, video and audio: the source that the leader's browser chose; silent, and playing when his does.
import { attributeOf, isElement, type Shown } from './shown.ts';

/** A difference that is not worth a jump, seconds. */
const CLOSE_ENOUGH = 1.5;

export function showMedia(shown: Shown): void {
  if (!isElement(shown)) return;
  const { node, props } = shown;
  if (shown.tag === 'img') {
    const src = props?.src ?? attributeOf(shown, 'src');
    if (src !== undefined && node.getAttribute('src') !== src) node.setAttribute('src', src);
    return;
  }
  if (shown.tag !== 'video' && shown.tag !== 'audio') return;
  const media = node as HTMLMediaElement;
  media.muted = true;
  if (props?.src !== undefined && media.getAttribute('src') !== props.src)
    media.setAttribute('src', props.src);
  if (!props?.media) return;
  if (Math.abs(media.currentTime - props.media.time) > CLOSE_ENOUGH) media.currentTime = props.media.time;
  if (props.media.paused) media.pause();
  // Refused where the browser wants a gesture first, even without sound: then the picture stands.
  else void media.play().catch(() => {});
}
