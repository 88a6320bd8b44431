// Why an upstream could not be reached, in a reason that a person can act on.
import { Refused } from '../errors.ts';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ECONNABORTED',
]);

/** Verdicts of the TLS library on a certificate (`X509_verify_cert_error_string` of OpenSSL, as Node names them). */
const CERTIFICATES = {
  CERT_HAS_EXPIRED: 'upstream-expired',
  CERT_NOT_YET_VALID: 'upstream-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'upstream-wrong-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'upstream-unknown-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'upstream-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'upstream-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'upstream-unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'upstream-unknown-authority',
} as const;

const OTHER_CERTIFICATE =
  /^(?:CERT_|CRL_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_DECRYPT_CERT|ERROR_IN_CERT|PERMITTED_VIOLATION|EXCLUDED_VIOLATION)/;

/**
 * The reason behind a failed connection. With Happy Eyeballs an AggregateError holds one error per address.
 * @param host as the site calls it, not where `connect` leads
 */
export function explainFailure(error: Error, host: string): Refused {
  if (error instanceof Refused) return error;
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  if (inner instanceof Refused) return inner;
  const { code = '' } = inner as NodeJS.ErrnoException;
  const params = { host };
  if (Object.hasOwn(CERTIFICATES, code))
    return new Refused(CERTIFICATES[code as keyof typeof CERTIFICATES], params, error);
  if (OTHER_CERTIFICATE.test(code)) return new Refused('upstream-certificate', params, error);
  if (UNREACHABLE.has(code)) return new Refused('upstream-unreachable', params, error);
  if (code === 'ETIMEDOUT') return new Refused('upstream-timeout', params, error);
  return new Refused('upstream-broken', params, error);
}
