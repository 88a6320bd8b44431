// Whether leader and mirror show the same: both documents as plain trees, compared.
import type { Frame } from 'playwright-core';
import { isKnownAttribute } from '../../gateway/mirror/sanitise.ts';
import { until } from '../e2e/until.ts';
import { firstDifference } from '../ui/mirror/first-difference.ts';

/** Waits until leader and mirror normalise equal. @throws Error that names the first difference */
export type Agree = (timeout?: number) => Promise<void>;

const AGREE_MS = 10_000;

export function createAgreement(options: {
  /** The bundled `test/ui/mirror/normalise.ts`, as the global `equality`. */
  normalise: string;
  leader(): Promise<Frame>;
  mirror(): Promise<Frame | undefined>;
  /** Source of a function from addresses of the leader's page to those that followers have. */
  toReal: string;
}): Agree {
  const { normalise, leader, mirror, toReal } = options;
  let complaint = '';
  /** What one side shows, as plain values; undefined while it has no document. */
  const plain = async (frame: Frame | undefined): Promise<unknown> =>
    await frame
      ?.evaluate(
        `(() => {
          ${normalise};
          const toFollower = ${toReal};
          const isMirror = frameElement?.ownerDocument.querySelector('tandem-overlay');
          const rootOf = (element) => element.shadowRoot;
          return equality.normalise(document, isMirror ? { rootOf } : { rootOf, toFollower });
        })()`,
      )
      .then(withoutUnsent)
      .catch((error: Error) => {
        complaint = error.message;
        return undefined;
      });

  return async (timeout = AGREE_MS) => {
    let difference: string | undefined = 'nothing was compared';
    const look = async (): Promise<true | undefined> => {
      const [one, other] = await Promise.all([leader().then(plain), mirror().then(plain)]);
      difference =
        one && other ? firstDifference(one, readable(one, other)) : `one side has no document ${complaint}`;
      return difference === undefined || undefined;
    };
    await until(look, 'agreement', timeout).catch(() => {
      throw new Error(`Leader and mirror differ (leader here, mirror there): ${difference}`);
    });
  };
}

/** Attributes that the gateway keeps from followers, beside those that `normalise` leaves out itself. */
const UNSENT = /^(?:autocomplete|widgetid|formcontrolname|xmlns:.*)$/;

const isSent = (tag: string, attribute: string): boolean =>
  /^(?:style|href|xlink:href|src|poster)$/i.test(attribute) || isKnownAttribute(tag, attribute.toLowerCase());

/** What we ourselves draw in the leader's page. */
const OWN_LAYER = 'tandem-layer';

/** A normalised tree without these. */
export function withoutUnsent(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.filter((child) => child?.tag !== OWN_LAYER).map(withoutUnsent);
  if (typeof plain !== 'object' || plain === null) return plain;
  const entries = Object.entries(plain).map(([name, value]) => {
    // the mode of a document in a frame is a matter of the mirror's own tests
    if (name === 'mode') return [name, undefined];
    if (name !== 'attributes') return [name, withoutUnsent(value)];
    const kept = Object.entries(value as object).filter(
      ([attribute]) => !UNSENT.test(attribute) && isSent((plain as { tag: string }).tag, attribute),
    );
    return ['attributes', kept.length > 0 ? Object.fromEntries(kept) : undefined];
  });
  return Object.fromEntries(entries);
}

/** The follower's tree without documents of frames and rules of sheets that the leader's page cannot look into, being of another address. */
export function readable(leader: unknown, mirror: unknown): unknown {
  // dots for what is masked: as many as there are letters
  if (typeof leader === 'string' && typeof mirror === 'string' && mirror.includes('•'))
    return leader.replace(/[^\s]/g, '•') === mirror ? leader : mirror;
  if (typeof leader !== 'object' || typeof mirror !== 'object' || !leader || !mirror) return mirror;
  if (Array.isArray(mirror)) return mirror.map((child, at) => readable((leader as unknown[])[at], child));
  const { tag, children } = leader as { tag?: string; children?: unknown[] };
  if ((tag === 'iframe' || tag === 'link') && children?.length === 0) return { ...mirror, children };
  return Object.fromEntries(
    Object.entries(mirror).map(([name, value]) => [
      name,
      readable((leader as Record<string, unknown>)[name], value),
    ]),
  );
}
