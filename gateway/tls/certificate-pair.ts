// A certificate with its chain and its key, read from two files and judged before anything is served with it.
import type { X509Certificate } from 'node:crypto';
import type { CertificateFiles } from '../sites/config.ts';
import { ConfigError, type ConfigProblem } from '../sites/config.ts';
import { readCertificates, readPrivateKey } from './pem.ts';

export interface CertificatePair {
  /** The server's own certificate and those that lead to the authority, PEM. */
  cert: string;
  key: string;
  own: X509Certificate;
  /** What is wrong but does not keep it from being served. */
  warnings: ConfigProblem[];
}

/** So long before its end a certificate is spoken of, ms. */
const SOON = 14 * 24 * 60 * 60 * 1_000;

/**
 * @param files absolute paths
 * @throws {ConfigError} with file, line and a sentence when the two cannot be served: unreadable, not of one another, expired
 */
export async function readPair(files: CertificateFiles, now = Date.now()): Promise<CertificatePair> {
  const [chain, { text: key, key: parsed }] = await Promise.all([
    readCertificates(files.certificate),
    readPrivateKey(files.key),
  ]);
  const first = chain.list[0]!;
  const fault = (line: number, message: string): ConfigError =>
    new ConfigError([{ file: files.certificate, line, message }]);
  if (!first.certificate.checkPrivateKey(parsed)) {
    const fitting = chain.list.find(({ certificate }) => certificate.checkPrivateKey(parsed));
    throw fitting
      ? fault(
          fitting.line,
          "The server's own certificate must be the first of the file; the one that belongs to the key stands here.",
        )
      : fault(first.line, `The certificate does not belong to the key in ${files.key}.`);
  }
  const until = first.certificate.validToDate;
  if (until.getTime() <= now) throw fault(first.line, `The certificate expired on ${dayOf(until)}.`);
  if (first.certificate.validFromDate.getTime() > now)
    throw fault(
      first.line,
      `The certificate is valid only from ${dayOf(first.certificate.validFromDate)} on.`,
    );
  const warnings: ConfigProblem[] = [];
  if (until.getTime() - now < SOON)
    warnings.push({
      file: files.certificate,
      line: first.line,
      message: `The certificate expires on ${dayOf(until)}.`,
    });
  return { cert: chain.text, key, own: first.certificate, warnings };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Whether the certificate is for this host name, or for `*.` and the rest of it. */
export function isFor({ own }: Pick<CertificatePair, 'own'>, name: string): boolean {
  return own.checkHost(name, { subject: 'never' }) !== undefined;
}
