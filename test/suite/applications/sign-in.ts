// A single-page application that signs in at a login host by OpenID Connect and writes to an API on a third host, with tokens, cookies and preflights.
import { cp, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Application, Place } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { jsonServerOf } from '../json-server.ts';
import { serveFiles } from '../static-files.ts';
import type { Walk } from '../walk.ts';

interface Provider {
  callback(): RequestListener;
  AccessToken: { find(value: string): Promise<object | undefined> };
}

interface Ask {
  path: string;
  headers: Record<string, string | undefined>;
}

interface Answer {
  cookie(name: string, value: string, options: object): void;
  json(value: object): void;
  sendStatus(status: number): void;
}

type Handler = (req: Ask, res: Answer, next: () => void) => void;

const PACKAGES = packagesOf('sign-in');

async function listen(handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** The login host: `oidc-provider` with the pages that it brings for development, where every name may come in. */
async function createProvider(origin: Place['origin']): Promise<Provider> {
  const module = pathToFileURL(join(PACKAGES, 'oidc-provider/lib/index.js')).href;
  const { Provider: Found } = (await import(module)) as {
    Provider: new (issuer: string, options: object) => Provider;
  };
  const desk = `${origin('desk')}/`;
  const docs = `${desk}docs/oauth2-redirect.html`;
  const shared = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] };
  return new Found(origin('login'), {
    clients: [
      { client_id: 'desk', redirect_uris: [desk], post_logout_redirect_uris: [desk], ...shared },
      { client_id: 'docs', redirect_uris: [docs], ...shared },
    ],
    claims: { openid: ['sub'], profile: ['name'] },
    clientBasedCORS: () => true,
    cookies: { keys: ['orchard'] },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, name: `${accountId} Weaver` }),
    }),
  });
}

/** The API's host: `json-server`, for those who bring a token of the login host. */
function createApi(provider: Provider, origin: Place['origin']): RequestListener {
  const jsonServer = jsonServerOf('sign-in');
  const api = jsonServer.create();
  const count: Handler = (req, res, next) => {
    const visits = Number(/visits=(\d+)/.exec(req.headers.cookie ?? '')?.[1] ?? 0) + 1;
    res.cookie('visits', String(visits), { httpOnly: true });
    if (req.path === '/visits') res.json({ visits });
    else next();
  };
  const guard: Handler = (req, res, next) => {
    if (req.path === '/api.json') return next();
    const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
    provider.AccessToken.find(token).then(
      (found) => (found ? next() : res.sendStatus(401)),
      () => res.sendStatus(500),
    );
  };
  const tickets = [{ id: 1, title: 'The gate squeaks', state: 'open' }];
  api.use(jsonServer.defaults({ logger: false }), guard, count);
  api.use(jsonServer.router({ tickets, 'api.json': describe(origin) }));
  return api;
}

/** The API in OpenAPI's words. */
function describe(origin: Place['origin']): object {
  const title = { type: 'string', example: 'A new ticket' };
  const schema = { type: 'object', properties: { title } };
  return {
    openapi: '3.0.3',
    info: { title: 'Tickets', version: '1' },
    servers: [{ url: origin('api') }],
    security: [{ login: ['openid'] }],
    paths: {
      '/tickets': {
        get: { summary: 'All tickets', responses: { 200: { description: 'tickets' } } },
        post: {
          summary: 'A new ticket',
          requestBody: { content: { 'application/json': { schema } } },
          responses: { 201: { description: 'the ticket' } },
        },
      },
    },
    components: {
      securitySchemes: {
        login: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: `${origin('login')}/auth`,
              tokenUrl: `${origin('login')}/token`,
              scopes: { openid: 'who you are' },
            },
          },
        },
      },
    },
  };
}

/** The pages: ours for the desk, and Swagger UI, which is told only where the API's description is. */
async function writePages({ folder, origin }: Place): Promise<string> {
  const desk = join(folder, 'desk');
  await cp(join(import.meta.dirname, '../apps/sign-in/desk'), desk, { recursive: true });
  await cp(join(PACKAGES, 'oidc-client-ts/dist/browser'), join(desk, 'lib'), { recursive: true });
  await cp(join(PACKAGES, 'swagger-ui-dist'), join(desk, 'docs'), { recursive: true });
  const settings = { login: origin('login'), api: origin('api') };
  await writeFile(join(desk, 'settings.js'), `window.settings = ${JSON.stringify(settings)};`);
  await writeFile(
    join(desk, 'docs/swagger-initializer.js'),
    `window.ui = SwaggerUIBundle({
  url: '${origin('api')}/api.json', dom_id: '#swagger-ui', deepLinking: true, layout: 'StandaloneLayout',
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
});
ui.initOAuth({ clientId: 'docs', scopes: 'openid', usePkceWithAuthorizationCodeGrant: true });
`,
  );
  return desk;
}

async function signIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByPlaceholder('Enter any login').waitFor();
  });
  await step('sign in at the login host', async () => {
    await page.getByPlaceholder('Enter any login').fill('Wanda');
    await page.getByPlaceholder('and password').fill('willow-bark');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  });
  await step('agree, and come back', async () => {
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Signed in as Wanda Weaver').waitFor();
    await page.getByText('The gate squeaks').waitFor();
  });
}

/** What another browser, connected directly, reads of the desk. */
async function readBack({ direct, step }: Walk, words: string): Promise<void> {
  await step('read it back', async () => {
    const other = await direct('/');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByPlaceholder('Enter any login').fill('Ada');
    await other.getByPlaceholder('and password').fill('willow-bark');
    await other.getByRole('button', { name: 'Sign-in' }).click();
    await other.getByRole('button', { name: 'Continue' }).click();
    await other.getByText(words).waitFor();
  });
}

export const signInApplication: Application = {
  name: 'sign-in',
  title: 'Swagger UI and a help desk behind OpenID Connect',
  kind: 'API with CORS, SSO on a login host',
  version: '9.13.3',
  from: 'npm oidc-provider, oidc-client-ts 3.5.0, json-server 0.17.4, swagger-ui-dist 5.35.0',
  composed: true,
  hosts: ['desk', 'api', 'login'],
  need: () => needNpm('sign-in'),
  async start(place) {
    const provider = await createProvider(place.origin);
    const login = await listen(provider.callback());
    const api = await listen(createApi(provider, place.origin));
    const files = await serveFiles('desk', { '/': await writePages(place) });
    return {
      ports: { ...files.ports, login: portOf(login), api: portOf(api) },
      async stop() {
        for (const server of [login, api]) {
          server.closeAllConnections();
          server.close();
        }
        await files.stop();
      },
    };
  },
  flows: [
    {
      title: 'sign in, write a ticket, close it, read it back',
      async walk(walk) {
        const { page, step, mark } = walk;
        await signIn(walk);
        await step('write a ticket', async () => {
          await page.getByLabel('New ticket').fill(mark);
          await page.getByRole('button', { name: 'Send' }).click();
          await page.getByText(`${mark} (open)`).waitFor();
        });
        await step('close it', async () => {
          await page.locator('li', { hasText: mark }).getByRole('button', { name: 'Close' }).click();
          await page.getByText(`${mark} (closed)`).waitFor();
        });
        await step('the cookie of the API went along', async () => {
          await page.getByText(/^([3-9]|\d\d+) questions asked$/).waitFor();
        });
        await readBack(walk, `${mark} (closed)`);
      },
    },
    {
      title: 'come back later still signed in, sign out everywhere',
      async walk(walk) {
        const { page, step, open } = walk;
        await signIn(walk);
        await step('come back', async () => {
          await open('/');
          await page.getByText('Signed in as Wanda Weaver').waitFor();
        });
        await step('ask to sign out', async () => {
          await page.getByRole('button', { name: 'Sign out' }).click();
          await page.getByRole('button', { name: /Yes/ }).waitFor();
        });
        await step('sign out', async () => {
          await page.getByRole('button', { name: /Yes/ }).click();
          await page.getByRole('button', { name: 'Sign in' }).waitFor();
        });
      },
    },
    {
      title: 'sign in from the documentation in a window of its own, write by hand',
      async walk(walk) {
        const { page, step, open, mark, nextWindow } = walk;
        await step('open the documentation', async () => {
          await open('/docs/');
          await page.getByText('A new ticket').first().waitFor();
        });
        await step('sign in in a window of its own', async () => {
          await page.getByRole('button', { name: 'Authorize' }).first().click();
          await page.locator('.dialog-ux input[type=checkbox]').first().check();
          const authorize = page.locator('.dialog-ux .auth-btn-wrapper .authorize');
          const login = await nextWindow(() => authorize.click());
          await login.getByPlaceholder('Enter any login').fill('Wanda');
          await login.getByPlaceholder('and password').fill('willow-bark');
          await login.getByRole('button', { name: 'Sign-in' }).click();
          await login.getByRole('button', { name: 'Continue' }).click();
          await page.getByText('Logout', { exact: true }).waitFor();
        });
        await step('write a ticket', async () => {
          await page.locator('.dialog-ux .close-modal').click();
          await page.getByText('A new ticket').first().click();
          await page.getByRole('button', { name: 'Try it out' }).click();
          await page.locator('textarea.body-param__text').fill(`{"title": "${mark}", "state": "open"}`);
          await page.getByRole('button', { name: 'Execute' }).click();
          await page.locator('.live-responses-table').getByText(mark).first().waitFor();
        });
        await readBack(walk, `${mark} (open)`);
      },
    },
  ],
};
