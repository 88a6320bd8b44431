// Invitations: links by which the customer lets guests ask to come in. Single use, ten minutes, revocable.
import { MAX_INVITES } from '../../protocol/limits.ts';
import { Refused } from '../errors.ts';
import { hashSecret, newId, newSecret, secretIs } from './secrets.ts';

export const INVITE_LIFE = 10 * 60_000;

/** What is kept: never the link's secret itself. */
export interface InviteRecord {
  id: string;
  hash: string;
  /** ms since the epoch. */
  expires: number;
  uses: number;
}

export class Invites {
  #records: InviteRecord[];
  /** Secrets by id, in memory only, so that the inviter can copy the link again. */
  readonly #secrets = new Map<string, string>();

  constructor(records: InviteRecord[] = []) {
    this.#records = records;
  }

  /** Those that can still be used. `secret` is absent after a restart of the gateway. */
  list(now = Date.now()): (InviteRecord & { secret?: string })[] {
    this.#records = this.#records.filter(({ expires, uses }) => expires > now && uses > 0);
    return this.#records.map((record) => {
      const secret = this.#secrets.get(record.id);
      return secret === undefined ? record : { ...record, secret };
    });
  }

  get records(): InviteRecord[] {
    return this.#records;
  }

  /** @throws {Refused} not-allowed when too many are open */
  create(): { id: string; secret: string } {
    if (this.list().length >= MAX_INVITES) throw new Refused('not-allowed');
    const secret = newSecret();
    const id = newId(12);
    this.#records.push({ id, hash: hashSecret(secret), expires: Date.now() + INVITE_LIFE, uses: 1 });
    this.#secrets.set(id, secret);
    return { id, secret };
  }

  /** @returns whether there was one */
  revoke(id: string): boolean {
    const before = this.#records.length;
    this.#records = this.#records.filter((record) => record.id !== id);
    this.#secrets.delete(id);
    return this.#records.length < before;
  }

  /** Uses it once. @throws {Refused} invite-invalid: unknown, used up, revoked or too old, all alike */
  redeem(secret: string): void {
    const record = this.list().find(({ hash }) => secretIs(secret, hash));
    if (!record) throw new Refused('invite-invalid');
    const kept = this.#records.find(({ id }) => id === record.id);
    if (kept) kept.uses--;
    if (record.uses <= 1) this.revoke(record.id);
  }
}
