// Everything over https, by the authority of development: gateway, shop and what lies between them.
import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await startStage(undefined, {}, { https: true });
});
afterAll(async () => {
  await stage?.stop();
  expect(stage?.errors).toEqual([]);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

it('a session runs over https from end to end, and its cookies are for https only', async () => {
  const { customer, agent, gateway, demo } = stage;
  expect(gateway.places.scheme).toBe('https');
  const shell = await stage.startTogether('/product/lark-cup');
  expect(shell.page.url()).toMatch(/^https:/);
  expect(await shell.address()).toBe(`${demo.origins.shop}/product/lark-cup`);
  // What a page that insists on https looks at.
  const shared = shell.page.frames().find((frame) => frame.url().includes('www-demoshop'))!;
  expect(await shared.evaluate(() => [location.protocol, isSecureContext])).toEqual(['https:', true]);
  await shell.shared.getByRole('button', { name: 'Add to basket' }).click();
  await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
  // By WebSocket, over TLS on both sides.
  await shell.navigate(`${demo.origins.shop}/product/lark-cup`);
  await shell.shared.locator('#lookers, [data-lookers], .lookers').first().waitFor({ state: 'attached' });
  const ours = await customer.context.cookies();
  const kept = ours.filter(({ name }) => name.startsWith('__'));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ secure }) => !secure)).toEqual([]);
  await shell.screenshot('https-session');
  await agent.screenshot('https-console');
  await shell.bar(word('bar.end')).click();
  await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
  await customer.screenshot('https-shop-after-stop');
});

it('every host of the gateway has a certificate that one authority vouches for, and no other host has one', async () => {
  const { gateway } = stage;
  const ca = await readFile(gateway.authorityFile!);
  const ask = (host: string): Promise<number | string> =>
    new Promise((resolve) => {
      const { port } = gateway;
      const request = get(
        { host: '127.0.0.1', port, ca, servername: host.replace(/:\d+$/, ''), headers: { host } },
        (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        },
      );
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  const { consoleHost, panelHost, base } = gateway.places;
  expect(await ask(consoleHost)).toBe(200);
  expect(await ask(panelHost)).toBe(200);
  expect(await ask(`abcdefghijklmnop.${base}`)).toBe(410);
  expect(await ask(`hs---www-shop-example--abcdefghijklmnop.${base}`)).toBe(410);
  expect(await ask('www.bank.example')).toMatch(/^E/);
  expect(await ask('www.elsewhere.localhost')).toMatch(/^E/);
  // Nobody who has not looked at the authority believes it.
  const failure = await new Promise<NodeJS.ErrnoException>((resolve) =>
    connect({ host: '127.0.0.1', port: gateway.port, servername: 'panel.console.localhost' }).once(
      'error',
      resolve,
    ),
  );
  expect(failure.code).toBe('SELF_SIGNED_CERT_IN_CHAIN');
});

it('says nothing of HSTS under localhost, where it would outlast the server', async () => {
  const page = await stage.newPage();
  const answer = await page.goto(stage.gateway.places.consoleOrigin);
  expect(answer?.headers()['strict-transport-security']).toBeUndefined();
});

it('a site for which nobody vouches any more is explained in words, to the customer and to the agent', async () => {
  const { customer, agent, demo } = stage;
  await customer.openShop('/');
  const shell = await customer.startCobrowsing();
  await agent.whenMirrored();
  await stage.editConfig((text) => text.replaceAll(/^ +ca: .*\n/gm, ''));
  await vi.waitFor(() => expect(stage.gateway.registry.config.domains[0]?.ca).toBeUndefined(), 5_000);
  await shell.navigate(`${demo.origins.shop}/help`);
  const said = word('reason.upstream-unknown-authority', { host: new URL(demo.origins.shop).host });
  await shell.shared.getByText(said).waitFor();
  await agent.mirror.getByText(said).waitFor();
  await shell.screenshot('https-nobody-vouches');
});
