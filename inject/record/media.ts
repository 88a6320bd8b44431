// Images, video and audio: which of their sources they show, and whether they play.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

export function startMedia(recording: Recording): Observer {
  const { dom } = recording;
  const onEvent = ({ target }: Event): void => {
    if (!target || dom.nodeType(target) !== 1) return;
    const tag = dom.localName(target);
    if (tag === 'img' || tag === 'video' || tag === 'audio') recording.changedProps(target as Element);
  };
  const types = [
    'load',
    'loadedmetadata',
    'play',
    'playing',
    'pause',
    'seeked',
    'ended',
    'ratechange',
    'emptied',
  ];
  return {
    ...listenOnRoots(types, onEvent),
    read(element, tag, props, known) {
      if (known.mask) return;
      if (tag === 'img') {
        const image = element as HTMLImageElement;
        const inPicture =
          dom.parentNode(element) && (dom.parentNode(element) as Element).localName === 'picture';
        if ((inPicture || dom.getAttribute(element, 'srcset') !== null) && image.currentSrc !== '')
          props.src = image.currentSrc;
      } else if (tag === 'video' || tag === 'audio') {
        const media = element as HTMLMediaElement;
        if (media.currentSrc !== '') props.src = media.currentSrc;
        props.media = { paused: media.paused, time: Math.round(media.currentTime * 10) / 10 };
      }
    },
  };
}
