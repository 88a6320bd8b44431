// Makes sure that the tests in a second browser engine have a Firefox: finds it, installs it where it may.
import { existsSync } from 'node:fs';
import { installPackages, whyNotInstallable } from './install-packages.ts';

const PATHS = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];

/** Path of Firefox. */
export function findFirefox(): string | undefined {
  return PATHS.find((path) => path !== undefined && existsSync(path));
}

/** Undefined when Firefox is ready, else one sentence that says what is missing. Installs it where it may. */
export async function needFirefox(): Promise<string | undefined> {
  if (findFirefox()) return undefined;
  const obstacle = whyNotInstallable();
  if (obstacle)
    return `Firefox is needed (package firefox-esr) and cannot be installed from here: ${obstacle}.`;
  if (!installPackages(['firefox-esr']) || !findFirefox())
    return 'Installing firefox-esr failed; see the lines of apt-get above.';
  return undefined;
}
