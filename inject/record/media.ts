// Images, video and audio: which of their sources they show, and whether they play; pictures of videos that followers cannot load.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

/** What plays says where it is this often, ms; followers let smaller differences be. */
const TELL_EVERY = 5_000;
/** Pictures of a video that followers cannot load, ms between two. */
const PICTURE_EVERY = 500;
/** Sources that only this page has. */
const OF_PAGE = /^(?:blob|mediastream|filesystem):/i;

export function startMedia(recording: Recording): Observer {
  const { dom, pictures, tree, window } = recording;
  const toldAt = new WeakMap<Element, number>();
  const isShown = (target: EventTarget | null): target is HTMLMediaElement =>
    !!target && dom.nodeType(target) === 1 && SHOWN.test(dom.localName(target));

  const take = (video: HTMLVideoElement): void => {
    if (!isOfPage(video) || tree.of(video)?.mask !== 0) return;
    pictures.take(video, video, video.videoWidth, video.videoHeight);
  };
  const onEvent = ({ target, type }: Event): void => {
    if (!isShown(target)) return;
    if (type === 'timeupdate') {
      const now = dom.now();
      const since = now - (toldAt.get(target) ?? 0);
      if (isOfPage(target) && since > PICTURE_EVERY && pictures.wait === 0) take(target as HTMLVideoElement);
      else if (since < TELL_EVERY) return;
      toldAt.set(target, now);
    } else if (isOfPage(target) && /^(?:loadeddata|canplay|seeked|pause)$/.test(type)) {
      take(target as HTMLVideoElement);
      // Some browsers have a picture only a moment after they say so.
      dom.setTimeout(() => take(target as HTMLVideoElement), PICTURE_EVERY);
    }
    recording.changedProps(target);
  };
  // Another size of the window may pick another source, or show the same at another density.
  const onResize = (): void => {
    for (const root of recording.roots)
      for (const image of root.querySelectorAll('img[srcset],picture>img')) recording.changedProps(image);
  };
  window.addEventListener('resize', onResize, { passive: true });
  const events = listenOnRoots(
    'load loadedmetadata loadeddata canplay play playing pause seeked ended ratechange emptied timeupdate'.split(
      ' ',
    ),
    onEvent,
  );
  return {
    root: events.root,
    stop() {
      events.stop();
      window.removeEventListener('resize', onResize);
    },
    tags: /^(?:img|video|audio|canvas|object|embed|svg:image)$/,
    element(element, tag) {
      if (tag === 'video') {
        pictures.resend(element);
        queueMicrotask(() => take(element as HTMLVideoElement));
      }
    },
    read(element, tag, props, known) {
      if (known.mask) {
        // Nothing of a picture may be told but the room that it takes; what is left out says that already.
        if (known.mask === 1 && tag !== 'audio') {
          const { width, height } = dom.box(element);
          props.box = [Math.round(width), Math.round(height)];
        }
        return;
      }
      if (tag === 'img') {
        const image = element as HTMLImageElement;
        const parent = dom.parentNode(element) as Element | null;
        const picked =
          dom.getAttribute(element, 'srcset') !== null ||
          (parent && dom.nodeType(parent) === 1 && dom.localName(parent) === 'picture');
        if (!picked || image.currentSrc === '') return;
        props.src = image.currentSrc;
        if (image.naturalWidth > 0) props.natural = [image.naturalWidth, image.naturalHeight];
      } else if (tag === 'video' || tag === 'audio') {
        const media = element as HTMLMediaElement;
        const { paused, currentTime, playbackRate, currentSrc } = media;
        if (tag === 'video' && isOfPage(media)) props.picture = pictures.of(media) ?? '';
        else if (currentSrc !== '') props.src = currentSrc;
        props.media = { paused, time: Math.round(currentTime * 10) / 10 };
        if (playbackRate !== 1) props.media.rate = playbackRate;
      } else if (tag === 'object' || tag === 'embed') {
        const source = element as HTMLObjectElement & HTMLEmbedElement;
        // A document within is none of ours: only pictures have no document.
        if (/^image\//i.test(source.type)) props.src = source.data || source.src;
      }
    },
  };
}

const SHOWN = /^(?:img|video|audio|object|embed)$/;

/** A film that is put together by script, or read from a file. A camera's picture is never taken: it says nothing of the page. */
function isOfPage(media: HTMLMediaElement): boolean {
  return OF_PAGE.test(media.currentSrc) && !media.srcObject;
}
