// The script-visible state of the customer's page at Start, kept until the first document of its origin is served.
import type { Handover } from '../../protocol/handover.ts';
import type { Carry } from '../../protocol/ports.ts';

export class CarryOver {
  #kept: { origin: string; carry: Carry } | undefined;

  keep({ url, local, session, fields, scroll, scrolls }: Handover): void {
    const from = URL.parse(url);
    if (!from) return;
    this.#kept = {
      origin: from.origin,
      carry: {
        local,
        session,
        page: from.pathname,
        // Of what a customer's browser sent, only what is known.
        fields: fields.map(({ path, value, checked, selected, text }) => ({
          path,
          ...(value === undefined ? {} : { value }),
          ...(checked === undefined ? {} : { checked }),
          ...(selected === undefined ? {} : { selected }),
          ...(text === undefined ? {} : { text }),
        })),
        scroll: [scroll[0], scroll[1]],
        ...(scrolls ? { scrolls } : {}),
      },
    };
  }

  /** Whether the first document of the origin is still to come. */
  isFor(origin: string): boolean {
    return this.#kept?.origin === origin;
  }

  /** What was kept, once, for the first document of the origin. */
  take(origin: string): Carry | undefined {
    if (!this.isFor(origin)) return undefined;
    const carry = this.#kept?.carry;
    this.#kept = undefined;
    return carry;
  }

  drop(): void {
    this.#kept = undefined;
  }
}
