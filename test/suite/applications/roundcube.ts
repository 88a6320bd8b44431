// Roundcube: mail in frames, from a Dovecot of its own.
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { copyUnpacked, needDebian, unpackedOf } from '../install/debian.ts';
import { startPhp } from '../php.ts';
import { startProgram } from '../processes.ts';
import type { Walk } from '../walk.ts';

const MAIL = `From: Ben <ben@example.com>
To: wanda@example.com
Subject: Windfalls
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <windfalls@example.com>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>There are <b>apples</b> under the tree. See <a href="http://orchard.example/list">the list</a>.</p>
`;

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.locator('#rcmloginuser').waitFor();
  });
  await step('log in', async () => {
    await page.locator('#rcmloginuser').fill('wanda');
    await page.locator('#rcmloginpwd').fill('willow-bark');
    await page.locator('#rcmloginsubmit').click();
    await page.locator('#messagelist').getByText('Windfalls').first().waitFor();
  });
}

export const roundcube: Application = {
  name: 'roundcube',
  title: 'Roundcube',
  kind: 'webmail with frames, PHP',
  version: '1.6.5',
  from: 'Debian roundcube-core, dovecot-imapd 2.3.19',
  hosts: ['mail'],
  need: () =>
    needDebian({
      install: ['php-cli', 'php-intl', 'php8.2-sqlite3', 'php-mbstring', 'dovecot-imapd', 'sqlite3'],
      unpack: ['roundcube-core'],
    }),
  async start({ folder }) {
    const imap = await findFreePort();
    const inbox = join(folder, 'mail/wanda/cur');
    for (const part of ['new', 'cur', 'tmp'])
      await mkdir(join(folder, 'mail/wanda', part), { recursive: true });
    await writeFile(join(inbox, '1772445600.M1P1.orchard:2,'), MAIL);
    // The server of mails runs as another user.
    await chmod(folder, 0o755);
    spawnSync('chown', ['-R', 'mail:mail', join(folder, 'mail')]);
    await writeFile(
      join(folder, 'dovecot.conf'),
      `base_dir = ${folder}/run
log_path = ${folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
passdb {
  driver = static
  args = password=willow-bark
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u
}
service imap-login {
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`,
    );
    const dovecot = await startProgram('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], {
      ready: async () => spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${imap}`]).status === 0,
    });
    const root = join(folder, 'webmail');
    copyUnpacked('roundcube-core', 'usr/share/roundcube', root);
    const config = join(folder, 'config');
    await cp(join(unpackedOf('roundcube-core'), 'etc/roundcube'), config, { recursive: true });
    const database = join(folder, 'webmail.db');
    spawnSync('sqlite3', [database, `.read ${join(root, 'SQL/sqlite.initial.sql')}`]);
    await writeFile(
      join(config, 'config.inc.php'),
      `<?php
$config['db_dsnw'] = 'sqlite:///${database}?mode=0640';
$config['imap_host'] = 'localhost:${imap}';
$config['des_key'] = 'rcmail-!24ByteDESkey*Str';
$config['skin'] = 'elastic'; $config['plugins'] = []; $config['enable_spellcheck'] = false;
$config['log_dir'] = '${folder}/'; $config['temp_dir'] = '${folder}/'; $config['product_name'] = 'Orchard Mail';
`,
    );
    const prepend = join(folder, 'prepend.php');
    await writeFile(prepend, `<?php define('INSTALL_PATH', '${root}/');`);
    return await startPhp('mail', root, {
      settings: { auto_prepend_file: prepend, 'session.save_path': folder },
      env: { ROUNDCUBE_CONFIG_DIR: config },
      beside: dovecot,
    });
  },
  flows: [
    {
      title: 'read a mail in its frame',
      async walk(walk) {
        const { page, step } = walk;
        await logIn(walk);
        await step('open the mail', async () => {
          await page.locator('#messagelist').getByText('Windfalls').first().click();
          await page.frameLocator('#messagecontframe').getByText('under the tree').waitFor();
        });
        await step('show its heads', async () => {
          const frame = page.frameLocator('#messagecontframe');
          await frame.locator('.header-links a, a.envelope, a.headers').first().click();
        });
      },
    },
    {
      title: 'write a draft, read it back',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('begin', async () => {
          await page.locator('a.compose').first().click();
          await page.locator('#compose-subject').waitFor();
        });
        await step('write', async () => {
          await page.locator('#compose-subject').fill(mark);
          await page.locator('#composebody').fill('We shall press them.');
        });
        await step('save', async () => {
          await page.locator('a.save.draft, a.save').filter({ visible: true }).first().click();
          await page.getByText('Message saved to Drafts').first().waitFor();
        });
        await step('find it among the drafts', async () => {
          await open('/?_task=mail&_mbox=Drafts');
          await page.locator('#messagelist').getByText(mark).first().waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/');
          await other.locator('#rcmloginuser').fill('wanda');
          await other.locator('#rcmloginpwd').fill('willow-bark');
          await other.locator('#rcmloginsubmit').click();
          await other.locator('#messagelist').getByText('Windfalls').first().waitFor();
          await other.goto(new URL('/?_task=mail&_mbox=Drafts', other.url()).href);
          await other.locator('#messagelist').getByText(mark).first().waitFor();
        });
      },
    },
    {
      title: 'keep a person in the address book, in nested frames',
      async walk(walk) {
        const { page, step, open, mark } = walk;
        await logIn(walk);
        await step('open the address book', async () => {
          await open('/?_task=addressbook');
          await page.locator('a.create').first().waitFor();
        });
        await step('begin', async () => {
          await page.locator('a.create').first().click();
          await page.frameLocator('#contact-frame').locator('#ff_firstname').waitFor();
        });
        await step('write and save', async () => {
          const form = page.frameLocator('#contact-frame');
          await form.locator('#ff_firstname').fill(mark);
          await form.locator('button.submit, .formbuttons .submit').first().click();
          await page.locator('#contacts-table').getByText(mark).first().waitFor();
        });
      },
    },
  ],
};
