// Cookies that a site sealed for us at Start (P1): the challenge that makes a seal good for one conversation, once, and its opening.
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { flag, integer, list, Malformed, object, oneOf, optional, text } from '../../protocol/schema.ts';
import type { Site } from '../sites/config.ts';
import type { Store } from '../store/store.ts';
import { hashSecret, newSecret } from './secrets.ts';

/** From the challenge to Start, ms: the panel does it in one go. */
export const CHALLENGE_LIFE = 60_000;
/** By which the site's clock may differ from ours, ms. */
const CLOCK_SKEW = 5 * 60_000;
export const MAX_SEALED = 32_768;
const SPACE = 'handover';
const LABEL = 'tandem-handover 1';
const NONCE = 12;
const TAG = 16;

interface ChallengeRecord {
  cid: string;
  site: string;
}

/** What the panel sends with Start. */
export const sealed = object({ challenge: text(128), token: text(MAX_SEALED) });
export type Sealed = ReturnType<typeof sealed>;

const payload = object({
  issued: integer(0, Number.MAX_SAFE_INTEGER),
  origin: text(2_048),
  cookies: list(
    object({
      name: text(128),
      value: text(4_096),
      path: optional(text(1_024)),
      domain: optional(text(253)),
      sameSite: optional(oneOf('Strict', 'Lax', 'None')),
      secure: optional(flag),
    }),
    20,
  ),
});

/** Why a seal was not taken; for the log, where the operator looks when customers must sign in again. */
export class SealRefused extends Error {
  readonly rule: 'not-offered' | 'challenge' | 'secret' | 'malformed' | 'clock' | 'origin';

  constructor(rule: SealRefused['rule']) {
    super(rule);
    this.name = 'SealRefused';
    this.rule = rule;
  }
}

/** A challenge for this conversation: what the site seals must be sealed for it, and is taken once. */
export async function issueChallenge(store: Store, conversation: ChallengeRecord): Promise<string> {
  const challenge = newSecret();
  const { cid, site } = conversation;
  const record: ChallengeRecord = { cid, site };
  await store.put(SPACE, hashSecret(challenge), record, { expires: Date.now() + CHALLENGE_LIFE });
  return challenge;
}

/**
 * Opens what the site sealed. The challenge is used up, whatever comes out.
 * @param page on which Start was clicked: its origin must be the one that sealed
 * @returns `Set-Cookie` texts for the session's jar, all HttpOnly
 * @throws {SealRefused}
 */
export async function openSealed(
  store: Store,
  { challenge, token }: Sealed,
  from: { cid: string; site: Site; page: string },
  now = Date.now(),
): Promise<string[]> {
  const { handover, id } = from.site;
  if (!handover) throw new SealRefused('not-offered');
  const issued = await store.take<ChallengeRecord>(SPACE, hashSecret(challenge));
  if (issued?.cid !== from.cid || issued.site !== id) throw new SealRefused('challenge');
  const plain = handover.secrets
    .map((secret) => open(token, secret, `${LABEL}\n${id}\n${challenge}`))
    .find((one) => one !== undefined);
  if (plain === undefined) throw new SealRefused('secret');
  const said = decodePayload(plain);
  if (Math.abs(now - said.issued) > CLOCK_SKEW) throw new SealRefused('clock');
  if (said.origin !== URL.parse(from.page)?.origin) throw new SealRefused('origin');
  return said.cookies.filter(({ name }) => handover.cookies.includes(name)).map(asSetCookie);
}

/** Undefined when it was sealed by another secret, for something else, or changed. */
function open(token: string, secret: string, context: string): string | undefined {
  const bytes = /^1\.([\w-]+)$/.exec(token)?.[1];
  const sealedBytes = Buffer.from(bytes ?? '', 'base64url');
  if (sealedBytes.length <= NONCE + TAG) return undefined;
  const key = Buffer.from(hkdfSync('sha256', secret, '', LABEL, 32));
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealedBytes.subarray(0, NONCE))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealedBytes.subarray(-TAG));
    return Buffer.concat([decipher.update(sealedBytes.subarray(NONCE, -TAG)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}

function decodePayload(text: string): ReturnType<typeof payload> {
  try {
    const said = payload(JSON.parse(text), '');
    if (said.cookies.every(isPlain)) return said;
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof SyntaxError)) throw error;
  }
  throw new SealRefused('malformed');
}

type SealedCookie = ReturnType<typeof payload>['cookies'][number];

/** Nothing in it could be read as an attribute. */
function isPlain({ name, value, path = '/', domain = '' }: SealedCookie): boolean {
  return (
    /^[!#$%&'*+.^`|~\w-]+$/.test(name) &&
    /^[\x20-\x3a\x3c-\x7e]*$/.test(value) &&
    /^\/[\x21-\x3a\x3c-\x7e]*$/.test(path) &&
    /^[a-z0-9.-]*$/i.test(domain)
  );
}

function asSetCookie({
  name,
  value,
  path = '/',
  domain,
  sameSite = 'Lax',
  secure = false,
}: SealedCookie): string {
  return [
    `${name}=${value}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `SameSite=${sameSite}`,
    ...(secure ? ['Secure'] : []),
    'HttpOnly',
  ].join('; ');
}
