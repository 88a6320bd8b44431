// Images, video and audio: the source that the leader's browser chose; silent, and playing when his does.
import { unreadable } from './canvas.ts';
import { attributeOf, isElement, type Shown } from './shown.ts';

/** A difference that is not worth a jump, seconds. */
const CLOSE_ENOUGH = 1;

export function showMedia(shown: Shown): void {
  if (!isElement(shown)) return;
  const { node, props, tag } = shown;
  // A masked picture: only the room it takes is known.
  if (props?.box && props.masked !== 'hide') {
    const [width, height] = props.box;
    node.style.setProperty('content', `url("${unreadable(width, height)}")`);
    node.style.setProperty('width', `${width}px`);
    node.style.setProperty('height', `${height}px`);
    return;
  }
  if (tag === 'img') {
    showImage(node as HTMLImageElement, shown);
    return;
  }
  // An `object` or `embed` that shows an image.
  if (tag === 'tandem-other' && props?.src !== undefined)
    node.style.setProperty('content', `url("${props.src}")`);
  if (tag !== 'video' && tag !== 'audio') return;
  const media = node as HTMLMediaElement;
  media.muted = true;
  if (props?.picture !== undefined) {
    media.removeAttribute('src');
    (media as HTMLVideoElement).poster = props.picture || attributeOf(shown, 'poster') || unreadable(90, 60);
    return;
  }
  if (props?.src !== undefined && media.getAttribute('src') !== props.src)
    media.setAttribute('src', props.src);
  if (!props?.media) return;
  const { paused, time, rate = 1 } = props.media;
  media.playbackRate = rate;
  if (Math.abs(media.currentTime - time) > (paused ? 0.05 : CLOSE_ENOUGH)) media.currentTime = time;
  if (paused) media.pause();
  // Refused where the browser wants a gesture first, even without sound: then the picture stands.
  else void media.play().catch(() => {});
}

function showImage(image: HTMLImageElement, shown: Shown): void {
  const { props } = shown;
  const src = props?.src ?? attributeOf(shown, 'src');
  if (src !== undefined && image.getAttribute('src') !== src) {
    image.setAttribute('src', src);
    image.removeAttribute('srcset');
  }
  // It was picked for another density than one: it is shown as large as there, whose width is told once it has loaded.
  const wanted = props?.natural?.[0];
  const density = Number.parseFloat(image.srcset.split(' ')[1] ?? '1');
  const real = image.naturalWidth * density;
  if (wanted && real > 0 && Math.abs(real / wanted - density) > 0.01)
    image.srcset = `${src} ${real / wanted}x`;
}
