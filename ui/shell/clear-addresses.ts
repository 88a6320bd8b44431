// At the end: empties storage and cache of the session's addresses in this browser, before their host names die.

/** Longest wait, ms: the end must not hang on one address. */
const PATIENCE_MS = 1_000;

/**
 * Loads `/.tandem/clear` (answered with Clear-Site-Data) of each origin in a hidden frame.
 * @returns the origins that answered in time
 */
export async function clearAddresses(origins: string[]): Promise<string[]> {
  const cleared = await Promise.all(
    origins.map(
      (origin) =>
        new Promise<string | undefined>((resolve) => {
          const frame = document.createElement('iframe');
          const finish = (result: string | undefined): void => {
            clearTimeout(timer);
            frame.remove();
            resolve(result);
          };
          const timer = setTimeout(() => finish(undefined), PATIENCE_MS);
          frame.hidden = true;
          frame.setAttribute('sandbox', 'allow-same-origin');
          frame.src = `${origin}/.tandem/clear`;
          frame.addEventListener('load', () => finish(origin));
          document.body.append(frame);
        }),
    ),
  );
  return cleared.filter((origin) => origin !== undefined);
}
