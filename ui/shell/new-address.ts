// An admin allowed another host to be shown while the session runs: this window's policy does not know its address yet, the next one's will.
import { parseSessionHost } from '../../protocol/address.ts';

const KEY = 'tandem-new-address';

/**
 * Loads the window anew when the page was kept from going to an address of this session. Each address once, so that a page that
 * makes up addresses cannot keep the window busy. The session goes on where the page was before.
 * @param shellHost `host:port` of the shell itself: `<sid>.<base>`
 */
export function watchNewAddresses(shellHost: string, reload = () => location.reload()): { stop: () => void } {
  const [sid = ''] = shellHost.split('.', 1);
  const base = shellHost.slice(sid.length + 1);
  const listen = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
    const host = effectiveDirective === 'frame-src' ? URL.parse(blockedURI)?.host : undefined;
    const role = host === undefined ? undefined : parseSessionHost(host, base);
    if (role?.role !== 'page' || role.sid !== sid) return;
    const known = (sessionStorage.getItem(KEY) ?? '').split(' ');
    if (known.includes(role.slug) || known.length > 64) return;
    sessionStorage.setItem(KEY, [...known, role.slug].join(' '));
    reload();
  };
  document.addEventListener('securitypolicyviolation', listen);
  return { stop: () => document.removeEventListener('securitypolicyviolation', listen) };
}
