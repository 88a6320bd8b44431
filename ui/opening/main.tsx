// The window that the click on Start opens: says what happens until the panel's frame sends it on to the session.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { Button } from '../design/button.tsx';
import { Brand, Notice, Spinner } from '../design/display.tsx';
import { type FromOpening, OPENING, OPENING_READY, type ToOpening } from '../panel/opening-port.ts';
import { loadWords, t } from '../words.ts';

const told = signal<Omit<ToOpening, 'tandem'>>({});

function Opening() {
  const { agent, site, error } = told.value;
  return (
    <main class="opening">
      <Brand />
      {error === undefined ? (
        <>
          <Spinner />
          <div role="status">
            <h1 class="opening-title">
              {agent === undefined ? t('opening.plain') : t('opening.title', { name: agent })}
            </h1>
          </div>
          <p class="opening-text">{site === undefined ? '' : t('opening.text', { site })}</p>
        </>
      ) : (
        <>
          <h1 class="opening-title">{t('opening.failed')}</h1>
          <div role="alert">
            <Notice tone="danger" icon="warning" children={error} />
          </div>
          <Button onClick={() => window.close()}>{t('ended.close')}</Button>
        </>
      )}
    </main>
  );
}

await loadWords();
document.title = t('opening.name');
const root = document.getElementById('app');
if (root) render(<Opening />, root);

addEventListener('message', ({ origin, source, data }: MessageEvent<ToOpening | null>) => {
  // Only the frame that opened this window, which is of the same origin, has something to say here.
  if (origin !== location.origin || source !== window.opener || data?.tandem !== OPENING) return;
  const { agent, site, error } = data;
  told.value = {
    ...(agent === undefined ? {} : { agent }),
    ...(site === undefined ? {} : { site }),
    ...(error === undefined ? {} : { error }),
  };
});
const hello: FromOpening = { tandem: OPENING_READY };
(window.opener as Window | null)?.postMessage(hello, location.origin);
