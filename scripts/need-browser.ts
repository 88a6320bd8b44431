// Makes sure that the browser tests have a Chromium: finds it, installs it where it may, or says what is missing.
import { findBrowser } from './find-browser.ts';
import { installPackages, whyNotInstallable } from './install-packages.ts';

if (!findBrowser()) {
  if (process.env.CHROMIUM) {
    fail(`CHROMIUM names ${process.env.CHROMIUM}, which is not an executable file.`);
  }
  const obstacle = whyNotInstallable();
  if (obstacle) {
    fail(`No Chromium was found, and it cannot be installed from here: ${obstacle}.`);
  }
  console.log('No Chromium was found; installing the package "chromium".');
  if (!installPackages(['chromium']) || !findBrowser()) {
    fail('Installing the package "chromium" failed; see the lines of apt-get above.');
  }
}

function fail(sentence: string): never {
  console.error(sentence);
  console.error('The browser tests need Chromium: "apt-get install chromium" on Debian or Ubuntu as root,');
  console.error('or set the environment variable CHROMIUM to the path of a Chromium or Chrome.');
  process.exit(1);
}
