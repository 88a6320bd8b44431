// How a body of ours is packed for who asks (RFC 9110 12.5.3).

/** What we pack with, best first. */
export type ContentCoding = 'br' | 'gzip';

/** @returns the best of ours that `Accept-Encoding` allows; undefined: it goes as it is */
export function chooseCoding(accepted: string | undefined): ContentCoding | undefined {
  const allowed = new Set<string>();
  for (const part of accepted?.split(',') ?? []) {
    const [name = '', ...parameters] = part.split(';');
    const refused = parameters.some((parameter) => /^\s*q\s*=\s*0(\.0*)?\s*$/i.test(parameter));
    if (!refused) allowed.add(name.trim().toLowerCase());
  }
  if (allowed.has('br')) return 'br';
  return allowed.has('gzip') ? 'gzip' : undefined;
}
