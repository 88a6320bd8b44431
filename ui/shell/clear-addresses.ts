// At the end: empties storage and cache of the session's addresses in this browser before their host names die, then our own cookies.

/** How often the gateway is asked whether the session is gone, and how long to wait in between, ms. */
const FORGET_TRIES = 10;
const FORGET_EVERY_MS = 300;

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

/**
 * Lets go of this session's two cookies. They are HttpOnly: only an answer of the dead session's host (410) expires them,
 * and it is dead a moment after its end was told.
 */
export async function forgetSession(): Promise<void> {
  sessionStorage.clear();
  for (let attempt = 0; attempt < FORGET_TRIES; attempt++) {
    const status = await fetch('/', { cache: 'no-store' }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 410) return;
    await new Promise((resolve) => setTimeout(resolve, FORGET_EVERY_MS));
  }
}
