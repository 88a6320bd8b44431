// Hosts from which parts of a page were not loaded, for a sentence to customer and agent. Of the last pages only.
import { pageOf } from '../sites/blocked-hosts.ts';

const MAX_PAGES = 20;
/** More names make the sentence no clearer. */
const MAX_HOSTS = 10;

export class LeftOut {
  readonly #pages = new Map<string, Set<string>>();

  /**
   * @param page real URL
   * @param host as people write it
   * @returns whether that is news
   */
  add(page: string, host: string): boolean {
    const key = pageOf(page);
    const hosts = this.#pages.get(key) ?? new Set();
    if (key === '' || hosts.has(host) || hosts.size >= MAX_HOSTS) return false;
    this.#pages.delete(key);
    this.#pages.set(key, hosts.add(host));
    if (this.#pages.size > MAX_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
    return true;
  }

  /** The hosts of the page at a real URL. */
  of(url: string): string[] {
    return [...(this.#pages.get(pageOf(url)) ?? [])];
  }
}
