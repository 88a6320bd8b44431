// Certificates and keys as they stand in files: read, and every fault told with its line.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../sites/config.ts';

/** What one file may hold; chains of real servers have a few kilobytes, bundles of authorities some hundred. */
const MAX_BYTES = 2 ** 20;

/** One certificate of a file. */
export interface PemCertificate {
  certificate: X509Certificate;
  /** Of its first line, from 1. */
  line: number;
}

function fault(file: string, line: number, message: string): ConfigError {
  return new ConfigError([{ file, line, message }]);
}

/** @throws {ConfigError} when it is not there, may not be read or is too large */
async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw fault(file, 1, `The file cannot be read (${code}).`);
  }
  if (bytes.length > MAX_BYTES) throw fault(file, 1, 'The file is larger than 1 MiB: it is no certificate.');
  return bytes.toString('latin1');
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/**
 * The certificates of a PEM file, in their order.
 * @throws {ConfigError} with the line of what cannot be read, or when there is none
 */
export async function readCertificates(file: string): Promise<{ text: string; list: PemCertificate[] }> {
  const text = await readText(file);
  const list: PemCertificate[] = [];
  for (const match of text.matchAll(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g)) {
    const line = lineOf(text, match.index);
    const end = /-----END (?:TRUSTED |X509 )?CERTIFICATE-----/.exec(text.slice(match.index));
    if (!end) throw fault(file, line, 'The certificate that begins here has no end.');
    try {
      const block = text.slice(match.index, match.index + end.index + end[0].length);
      list.push({ certificate: new X509Certificate(block), line });
    } catch {
      throw fault(file, line, 'The certificate that begins here cannot be read.');
    }
  }
  if (list.length === 0)
    throw fault(
      file,
      1,
      'There is no certificate in the file: it must be PEM, with lines "-----BEGIN CERTIFICATE-----".',
    );
  return { text, list };
}

/** @throws {ConfigError} when there is no private key, or one that needs a passphrase */
export async function readPrivateKey(file: string): Promise<{ text: string; key: KeyObject }> {
  const text = await readText(file);
  const begin = /-----BEGIN (ENCRYPTED )?(?:[A-Z]+ )?PRIVATE KEY-----/.exec(text);
  if (!begin)
    throw fault(
      file,
      1,
      'There is no private key in the file: it must be PEM, with a line "-----BEGIN PRIVATE KEY-----".',
    );
  const line = lineOf(text, begin.index);
  const isEncrypted = begin[1] !== undefined || /^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (isEncrypted)
    throw fault(
      file,
      line,
      'The private key that begins here is locked by a passphrase; the gateway needs one without.',
    );
  try {
    return { text, key: createPrivateKey(text) };
  } catch {
    throw fault(file, line, 'The private key that begins here cannot be read.');
  }
}
