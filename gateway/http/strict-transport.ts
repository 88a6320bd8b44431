// Strict-Transport-Security of our own hosts: by option, and never under localhost, where it would outlast the development server.
import { isLocalhost } from '../sites/hosts.ts';
import type { Places } from '../sites/places.ts';

/**
 * For helmet. One host at a time: what is below it is another's to say.
 * @param seconds of the config; 0 = none
 */
export function strictTransport(
  { scheme, consoleHost }: Pick<Places, 'scheme' | 'consoleHost'>,
  seconds: number,
): { maxAge: number; includeSubDomains: boolean } | false {
  const name = consoleHost.replace(/:\d+$/, '');
  if (scheme !== 'https' || seconds === 0 || isLocalhost(name)) return false;
  return { maxAge: seconds, includeSubDomains: false };
}
