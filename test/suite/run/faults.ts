// What goes wrong in pages while somebody walks: uncaught exceptions, failed requests, answers that are errors.
import type { BrowserContext } from 'playwright-core';

/** One line each, by real addresses and without queries, so that ways can be compared. */
export type Faults = string[];

/** Given up by the page itself, mostly because it went elsewhere. */
const GIVEN_UP = /ERR_ABORTED|NS_BINDING_ABORTED/;

/** @returns stops watching: what happens when everything is closed is nobody's fault */
export function watchFaults(
  context: BrowserContext,
  toReal: (url: string) => string,
  given: Faults,
): () => void {
  let faults = given;
  const place = (url: string): string => toReal(url).replace(/[?#].*$/s, '');
  // Other hosts on the internet are out of reach in every way, whoever says so.
  const isHere = (url: string): boolean => !!URL.parse(toReal(url))?.hostname.endsWith('localhost');
  context.on('weberror', (error) => {
    const { message, stack } = error.error();
    faults.push(`exception: ${(message || stack || 'unknown').split('\n')[0]!.slice(0, 200)}`);
  });
  context.on('requestfailed', (request) => {
    const { errorText } = request.failure() ?? { errorText: 'unknown' };
    if (GIVEN_UP.test(errorText) || !isHere(request.url())) return;
    faults.push(`failed: ${request.method()} ${place(request.url())} ${errorText}`);
  });
  context.on('response', (response) => {
    if (response.status() < 400 || !isHere(response.url())) return;
    faults.push(`answer: ${response.request().method()} ${place(response.url())} ${response.status()}`);
  });
  return () => {
    faults = [];
  };
}

/** Those of one way that the direct way did not have, each as often as it was more. */
export function faultsBeyond(faults: Faults, direct: Faults, origins: readonly string[]): Faults {
  // Marks and counters in addresses differ from walk to walk.
  const plain = (fault: string): string => {
    let text = fault;
    for (const origin of origins) text = text.replaceAll(origin, '');
    return text.replace(/\d+|mark[a-z]+/g, '#');
  };
  const known = new Map<string, number>();
  for (const fault of direct) known.set(plain(fault), (known.get(plain(fault)) ?? 0) + 1);
  return faults.filter((fault) => {
    const left = known.get(plain(fault)) ?? 0;
    if (left > 0) known.set(plain(fault), left - 1);
    return left === 0;
  });
}
