// Shared documents: choose or drop a file, the list, and the viewer that all see, in an opaque frame of the view host.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DocumentShared, FromDocument, ToDocument } from '../../protocol/http-api.ts';
import { MAX_DOCUMENT_BYTES } from '../../protocol/limits.ts';
import type { SessionState, SharedDocument } from '../../protocol/session-messages.ts';
import { call, sentenceOfError } from '../call.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice, Spinner } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { say } from '../design/toasts.ts';
import { sentenceOf, sizeOf, t } from '../words.ts';
import type { OpenSession } from './session.ts';

interface ShareDialogProps {
  session: OpenSession;
  state: SessionState;
  /** Where the bytes are posted, without the query. */
  uploadPath: string;
  onClose: () => void;
}

export function ShareDialog({ session, state, uploadPath, onClose }: ShareDialogProps) {
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);

  const share = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > MAX_DOCUMENT_BYTES) {
      setError(sentenceOf('document-too-large'));
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      const { id } = await call<DocumentShared>(`${uploadPath}?name=${encodeURIComponent(file.name)}`, {
        method: 'POST',
        body: file,
      });
      if (isShown(file.type)) session.ask({ type: 'document.open', id, page: 1 });
      else say(t('documents.shared', { name: file.name }));
      onClose();
    } catch (failure) {
      setError(sentenceOfError(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title={t('documents.title')} onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is an extra; the button inside does the same */}
      <div
        class={`drop${over ? ' drop-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void share(event.dataTransfer?.files[0]);
        }}
      >
        <span class="empty-art">
          <Icon name="document" />
        </span>
        <p class="drop-words">{t('documents.drop')}</p>
        <Button kind="primary" icon="plus" first busy={busy} onClick={() => input.current?.click()}>
          {busy ? t('documents.sending') : t('documents.choose')}
        </Button>
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label={t('documents.file')}
          onChange={(event) => void share(event.currentTarget.files?.[0])}
        />
        <p class="field-hint">{t('documents.hint', { size: sizeOf(MAX_DOCUMENT_BYTES) })}</p>
      </div>
      <div role="alert">{error && <Notice tone="danger" icon="warning" children={error} />}</div>
      {state.documents.length > 0 && (
        <section aria-labelledby="shared-documents">
          <h3 id="shared-documents" class="section-title">
            {t('documents.list')}
          </h3>
          <DocumentList session={session} state={state} onOpened={onClose} />
        </section>
      )}
    </Dialog>
  );
}

function isShown(type: string): boolean {
  return type === 'application/pdf' || /^image\/(png|jpeg|gif|webp|avif)$/.test(type);
}

interface DocumentListProps {
  session: OpenSession;
  state: SessionState;
  onOpened?: () => void;
}

export function DocumentList({ session, state, onOpened }: DocumentListProps) {
  return (
    <ul class="rows">
      {state.documents.map((item) => (
        <li key={item.id} class="row">
          <span class="row-icon">
            <Icon name="file" />
          </span>
          <div class="row-main">
            <p class="row-title">{item.name}</p>
            <p class="row-note">{t('documents.by', { name: item.by, size: sizeOf(item.bytes) })}</p>
          </div>
          {item.shown ? (
            <Button
              small
              onClick={() => {
                session.ask({ type: 'document.open', id: item.id, page: 1 });
                onOpened?.();
              }}
            >
              {t('documents.open')}
            </Button>
          ) : (
            <a
              class="button button-plain button-small"
              href={state.viewOrigin + item.path}
              rel="noreferrer"
              download={item.name}
            >
              <Icon name="download" />
              <span>{t('documents.download')}</span>
            </a>
          )}
          {state.rights.share && (
            <IconButton
              icon="trash"
              label={t('documents.remove', { name: item.name })}
              onClick={() => session.ask({ type: 'document.remove', id: item.id })}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

interface DocumentViewerProps {
  session: OpenSession;
  state: SessionState;
}

/** The document that is open for all; nothing when none is. */
export function DocumentViewer({ session, state }: DocumentViewerProps) {
  const shared = state.documents.find(({ id }) => id === state.open?.id);
  if (!shared || !state.open) return null;
  return <Viewer key={shared.id} session={session} state={state} shared={shared} page={state.open.page} />;
}

function Viewer({
  session,
  state,
  shared,
  page,
}: DocumentViewerProps & { shared: SharedDocument; page: number }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [pages, setPages] = useState<number>();
  const [failed, setFailed] = useState(false);
  const mayTurn = state.rights.share;

  useEffect(() => {
    const listen = ({ source, data }: MessageEvent): void => {
      // The frame's origin is opaque; what counts is that it is this very frame.
      if (source === null || source !== frame.current?.contentWindow) return;
      const message = data as Partial<FromDocument> | null;
      if (message?.tandem === 'document-ready' && typeof message.pages === 'number') setPages(message.pages);
      else if (message?.tandem === 'document-failed') setFailed(true);
    };
    addEventListener('message', listen);
    return () => removeEventListener('message', listen);
  }, []);

  useEffect(() => {
    if (pages === undefined) return;
    const message: ToDocument = { tandem: 'document-page', page };
    frame.current?.contentWindow?.postMessage(message, '*');
  }, [page, pages]);

  const turn = (to: number): void => {
    if (pages !== undefined && to >= 1 && to <= pages) {
      session.ask({ type: 'document.open', id: shared.id, page: to });
    }
  };

  return (
    <section class="viewer" aria-label={t('documents.viewer', { name: shared.name })}>
      <header class="viewer-head">
        <Icon name="file" />
        <p class="viewer-name">{shared.name}</p>
        {pages !== undefined && pages > 1 && (
          <span class="viewer-pages">
            {mayTurn && (
              <IconButton
                icon="back"
                label={t('documents.previous')}
                unavailable={page <= 1}
                onClick={() => turn(page - 1)}
              />
            )}
            <span role="status">{t('documents.page', { page, pages })}</span>
            {mayTurn && (
              <IconButton
                icon="forward"
                label={t('documents.next')}
                unavailable={page >= pages}
                onClick={() => turn(page + 1)}
              />
            )}
          </span>
        )}
        {mayTurn && (
          <Button small onClick={() => session.ask({ type: 'document.close' })}>
            {t('documents.close')}
          </Button>
        )}
      </header>
      <div class="viewer-body">
        {failed && <Notice tone="danger" icon="warning" children={sentenceOf('document-unreadable')} />}
        {!failed && pages === undefined && (
          <p class="viewer-loading" role="status">
            <Spinner /> {t('documents.loading')}
          </p>
        )}
        <iframe
          ref={frame}
          class="viewer-frame"
          title={shared.name}
          src={state.viewOrigin + shared.path}
          // No allow-same-origin: a broken document reader must not reach the mirror, which lives on the same host.
          sandbox="allow-scripts"
        />
      </div>
    </section>
  );
}
