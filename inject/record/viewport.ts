// Size of the viewport and of a CSS pixel.
import type { Observer, Recording } from './recording.ts';

export function startViewport(recording: Recording): Observer {
  const { window } = recording;
  const tell = (): void =>
    recording.say('view', () => [
      'view',
      window.innerWidth,
      window.innerHeight,
      window.devicePixelRatio || 1,
    ]);
  window.addEventListener('resize', tell, { passive: true });
  return { restate: tell, stop: () => window.removeEventListener('resize', tell) };
}
