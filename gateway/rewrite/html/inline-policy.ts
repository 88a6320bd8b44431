// Inline scripts and styles that a page's policy knows by their digest (CSP 3, section 8.4): which may be edited, and how.

/** The digest of bytes in base64. */
export type Digest = (algorithm: 'sha256' | 'sha384' | 'sha512', bytes: Buffer) => string;

type Inline = 'script' | 'style';

/** What one policy says of inline code of one kind. */
interface Rule {
  hashes: Set<string>;
  nonces: Set<string>;
}

/** The directive that decides, the first that is there (CSP 3, 6.8.3). */
const DIRECTIVES: Record<Inline, string[]> = {
  script: ['script-src-elem', 'script-src', 'default-src'],
  style: ['style-src-elem', 'style-src', 'default-src'],
};
const HASH = /^'(sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2})'$/i;
const NONCE = /^'nonce-([^']+)'$/i;

/**
 * The policies of a document, as it goes along. An edited script has another digest than the one the policy names; where the
 * original was allowed by its digest, the edited one gets our nonce, which the mapped policy allows.
 */
export class InlinePolicy {
  readonly #rules: Record<Inline, Rule[]> = { script: [], style: [] };
  readonly #digest: Digest;

  constructor(digest: Digest) {
    this.#digest = digest;
  }

  /** Takes a policy, or a list of them separated by commas, as the site sent it. */
  add(text: string): void {
    for (const policy of text.split(',')) {
      const directives = new Map<string, string[]>();
      for (const part of policy.split(';')) {
        const [name, ...sources] = part.trim().split(/[\t\n\f\r ]+/);
        const key = name?.toLowerCase();
        if (key && !directives.has(key)) directives.set(key, sources);
      }
      for (const kind of ['script', 'style'] as const) {
        const name = DIRECTIVES[kind].find((directive) => directives.has(directive));
        if (name !== undefined) this.#rules[kind].push(readRule(directives.get(name)!));
      }
    }
  }

  /** Whether any policy knows code of this kind by digest: else editing needs no thought. */
  hasHashes(kind: Inline): boolean {
    return this.#rules[kind].some(({ hashes }) => hashes.size > 0);
  }

  /**
   * What an edit of an inline element takes.
   * @param utf8 its text as the browser hashes it
   * @param nonce of its own tag
   * @returns `no` when the browser would not run the original either
   */
  mayEdit(kind: Inline, utf8: Buffer, nonce: string | undefined): 'yes' | 'with-nonce' | 'no' {
    let needsNonce = false;
    for (const { hashes, nonces } of this.#rules[kind]) {
      if (hashes.size === 0 || (nonce !== undefined && nonces.has(nonce))) continue;
      if (!this.#matches(hashes, utf8)) return 'no';
      needsNonce = true;
    }
    // Of two nonces in a tag only the first counts.
    return needsNonce ? (nonce === undefined ? 'with-nonce' : 'no') : 'yes';
  }

  #matches(hashes: ReadonlySet<string>, utf8: Buffer): boolean {
    return (['sha256', 'sha384', 'sha512'] as const).some(
      (algorithm) =>
        [...hashes].some((hash) => hash.startsWith(`${algorithm}-`)) &&
        hashes.has(normalise(`${algorithm}-${this.#digest(algorithm, utf8)}`)),
    );
  }

  /** Whether a policy allows an external script by the digest in its tag, which we take off. */
  allowsIntegrity(integrity: string): boolean {
    const named = integrity
      .trim()
      .split(/\s+/)
      .map((digest) => normalise(digest.split('?', 1)[0]!));
    return this.#rules.script.some(({ hashes }) => named.some((digest) => hashes.has(digest)));
  }
}

function readRule(sources: readonly string[]): Rule {
  const hashes = new Set<string>();
  const nonces = new Set<string>();
  for (const source of sources) {
    const hash = HASH.exec(source)?.[1];
    if (hash !== undefined) hashes.add(normalise(hash));
    const nonce = NONCE.exec(source)?.[1];
    if (nonce !== undefined) nonces.add(nonce);
  }
  return { hashes, nonces };
}

/** Both alphabets of base64 are allowed; the algorithm is case-insensitive. */
function normalise(hash: string): string {
  const dash = hash.indexOf('-');
  const digest = hash
    .slice(dash + 1)
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/=+$/, '');
  return `${hash.slice(0, dash).toLowerCase()}-${digest}`;
}
