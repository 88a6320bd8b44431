// Shared documents over HTTP: taking them in, and reading them on the view host.
import { type ErrorRequestHandler, type Request, Router } from 'express';
import type { DocumentShared } from '../../protocol/http-api.ts';
import { Refused } from '../errors.ts';
import { DOWNLOAD_TYPE, type StoredDocument } from '../session/documents.ts';
import type { Participant } from '../session/participants.ts';
import { rightsOf } from '../session/seen-by.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { findDoor, type Places } from '../sites/places.ts';
import type { Assets } from './assets.ts';
import { documentPolicy, writePolicy } from './policy.ts';
import { sendGone } from './refusal.ts';

/**
 * Takes uploaded bytes into the session.
 * @throws {Refused} not-allowed, document-too-large, document-unreadable
 */
export function shareDocument(
  session: Session,
  participant: Participant,
  file: { name: string; bytes: Buffer },
): DocumentShared {
  if (!rightsOf(session, participant).share) throw new Refused('not-allowed');
  return { id: session.share(file.name, file.bytes, participant) };
}

export interface DocumentRouterDeps {
  places: Places;
  sessions: Sessions;
  assets: Pick<Assets, 'page' | 'middleware'>;
}

/** For the view host: `/d/<id>` the viewer page or the download, `/d/<id>/bytes` what the viewer draws. */
export function createDocumentRouter({ places, sessions, assets }: DocumentRouterDeps): Router {
  const router = Router();
  const find = (req: Request<{ id: string }>): { session: Session; stored: StoredDocument } => {
    const door = findDoor(req.headers.host, places);
    const session = door?.role === 'view' ? sessions.find(door.sid) : undefined;
    const stored = session?.documents.find(req.params.id);
    if (!session || !stored) throw new Refused('session-ended');
    return { session, stored };
  };

  router.use('/d', (_req, res, next) => {
    res.set({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Origin-Agent-Cluster': '?1',
    });
    next();
  });

  router.get('/d/:id', (req, res) => {
    const { session, stored } = find(req);
    if (stored.view.shown) {
      res.set('Content-Security-Policy', documentPolicy(places, session.addresses.table));
      res.type('html').send(assets.page('document'));
      return;
    }
    res.set('Content-Security-Policy', writePolicy({ 'default-src': [], sandbox: [] }));
    res.set('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(stored.view.name)}`);
    res.type(DOWNLOAD_TYPE).send(stored.bytes);
  });

  router.get('/d/:id/bytes', (req, res) => {
    const { stored } = find(req);
    // The viewer's origin is opaque; the id is the credential.
    res.set('Access-Control-Allow-Origin', '*');
    res.set('Cross-Origin-Resource-Policy', 'cross-origin');
    res.set('Content-Security-Policy', writePolicy({ 'default-src': [], sandbox: [] }));
    res.type(stored.view.type).send(stored.bytes);
  });

  const files = assets.middleware('document');
  router.get('/assets/*path', (req, res, next) => {
    const door = findDoor(req.headers.host, places);
    if (door?.role === 'view' && sessions.find(door.sid)) files(req, res, next);
    else next();
  });

  const answerGone: ErrorRequestHandler = (error, req, res, next) => {
    if (error instanceof Refused) sendGone(res, req.headers['accept-language']);
    else next(error);
  };
  router.use(answerGone);
  return router;
}
