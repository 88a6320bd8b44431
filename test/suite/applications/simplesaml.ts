// SimpleSAMLphp: a login that hops to another host and back, with assertions in forms that submit themselves.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application, Running } from '../application.ts';
import { copyUnpacked, needDebian, unpackedOf } from '../install/debian.ts';
import { startPhp } from '../php.ts';

/** One of the two sides: the one that wants to know, or the one that knows. */
async function startSide(
  side: 'app' | 'login',
  folder: string,
  origin: (host: string) => string,
): Promise<Running> {
  const root = join(folder, side);
  copyUnpacked('simplesamlphp', 'usr/share/simplesamlphp', root);
  await rm(join(root, 'config'), { recursive: true, force: true });
  const config = join(folder, `${side}-config`);
  await cp(join(unpackedOf('simplesamlphp'), 'etc/simplesamlphp'), config, { recursive: true });
  for (const part of ['metadata', 'log', 'data', 'tmp'])
    await mkdir(join(folder, `${side}-${part}`), { recursive: true });
  const metadata = join(folder, `${side}-metadata`);
  // Secrets of the package's own installation are not there.
  const text = (await readFile(join(config, 'config.php'), 'utf8')).replace(/^.*require_once.*$/gm, '');
  await writeFile(
    join(config, 'config.php'),
    `${text}
$config = array_merge($config, [
  'baseurlpath' => '${origin(side)}/', 'certdir' => '${folder}/', 'loggingdir' => '${folder}/${side}-log/', 'datadir' => '${folder}/${side}-data/',
  'tempdir' => '${folder}/${side}-tmp', 'metadatadir' => '${metadata}/', 'attributenamemapdir' => '${config}/attributemap/',
  'secretsalt' => 'orchard-salt', 'auth.adminpassword' => 'willow-bark', 'logging.handler' => 'file', 'timezone' => 'UTC',
  'enable.saml20-idp' => ${side === 'login'}, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'admin.checkforupdates' => false,
  'session.phpsession.savepath' => '${folder}/${side}-tmp', 'session.cookie.name' => '${side}', 'session.phpsession.cookiename' => '${side}',
  'metadata.sources' => [['type' => 'flatfile', 'directory' => '${metadata}']],
]);
`,
  );
  await writeFile(
    join(config, 'authsources.php'),
    `<?php $config = [
  'default-sp' => ['saml:SP', 'entityID' => '${origin('app')}/sp', 'idp' => '${origin('login')}/idp'],
  'people' => ['exampleauth:UserPass', 'wanda:willow-bark' => ['uid' => ['wanda'], 'displayName' => ['Wanda Weaver']]],
];`,
  );
  const certificate = (await readFile(join(folder, 'login.crt'), 'utf8')).replace(/-----[^-]+-----|\s/g, '');
  await writeFile(
    join(metadata, 'saml20-idp-hosted.php'),
    `<?php $metadata['${origin('login')}/idp'] = ['host' => '__DEFAULT__', 'privatekey' => 'login.key', 'certificate' => 'login.crt', 'auth' => 'people'];`,
  );
  await writeFile(
    join(metadata, 'saml20-idp-remote.php'),
    `<?php $metadata['${origin('login')}/idp'] = ['SingleSignOnService' => '${origin('login')}/saml2/idp/SSOService.php', 'SingleLogoutService' => '${origin('login')}/saml2/idp/SingleLogoutService.php', 'certData' => '${certificate}'];`,
  );
  await writeFile(
    join(metadata, 'saml20-sp-remote.php'),
    `<?php $metadata['${origin('app')}/sp'] = ['AssertionConsumerService' => '${origin('app')}/module.php/saml/sp/saml2-acs.php/default-sp', 'SingleLogoutService' => '${origin('app')}/module.php/saml/sp/saml2-logout.php/default-sp'];`,
  );
  return await startPhp(side, join(root, 'www'), { env: { SIMPLESAMLPHP_CONFIG_DIR: config } });
}

const LOGIN = '/module.php/core/authenticate.php?as=default-sp';

export const simplesaml: Application = {
  name: 'simplesaml',
  title: 'SimpleSAMLphp',
  kind: 'single sign-on over two hosts, PHP',
  version: '1.19.7',
  from: 'Debian simplesamlphp',
  hosts: ['app', 'login'],
  need: () =>
    needDebian({ install: ['php-cli', 'php-xml', 'php-mbstring', 'openssl'], unpack: ['simplesamlphp'] }),
  async start({ folder, origin }) {
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      '-subj',
      '/CN=orchard',
      '-keyout',
      join(folder, 'login.key'),
      '-out',
      join(folder, 'login.crt'),
    ]);
    const app = await startSide('app', folder, origin);
    const login = await startSide('login', folder, origin);
    return {
      ports: { ...app.ports, ...login.ports },
      async stop() {
        await app.stop();
        await login.stop();
      },
    };
  },
  flows: [
    {
      title: 'log in at the other host, come back, log out',
      async walk({ page, step, open }) {
        await step('ask for a login', async () => {
          await open(LOGIN);
          await page.locator('#username').waitFor();
        });
        await step('log in', async () => {
          await page.locator('#username').fill('wanda');
          await page.locator('#password').fill('willow-bark');
          await page.locator('#submit_button, #regularsubmit button, button[type=submit]').first().click();
          await page.locator('.attrvalue', { hasText: 'Wanda Weaver' }).waitFor();
        });
        await step('log out everywhere', async () => {
          await page.getByRole('link', { name: 'Logout' }).click();
          await page.locator('.attrvalue', { hasText: 'Wanda Weaver' }).waitFor({ state: 'hidden' });
        });
        await step('ask again', async () => {
          await open(LOGIN);
          await page.locator('#username').waitFor();
        });
      },
    },
  ],
};
