// Upstreams over TLS: certificate and name are checked against the real host, wherever the connection goes.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeServer, domain, listen, site, startProxy, type TestGateway } from './upstream.ts';

/** Self-signed for www.shop.example; used by nothing but this test. */
const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const before = getCACertificates('default');

let server: Server;
let gateway: TestGateway;
let names: (string | false | null)[] = [];

beforeAll(async () => {
  server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, (req, res) => {
    names.push((req.socket as TLSSocket).servername as string);
    res.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=1; Secure' });
    res.end('<a href="https://www.shop.example/x">');
  });
  const connect = { host: '127.0.0.1', port: await listen(server as never) };
  gateway = await startProxy(
    site([
      domain('www.shop.example', { protocols: ['https'], connect }),
      domain('pay.shop.example', { protocols: ['https'], connect }),
    ]),
  );
});
afterAll(async () => {
  setDefaultCACertificates(before);
  await gateway.stop();
  await closeServer(server as never);
});

test('a certificate that nobody vouches for is refused', async () => {
  const answer = await gateway.ask('https://www.shop.example/', { dest: 'iframe' });
  expect(answer.status).toBe(502);
  expect(names).toHaveLength(0);
});

test('a trusted one is taken for the host that it names, and for no other', async () => {
  setDefaultCACertificates([...before, read('cert.pem')]);
  gateway.proxy.drop(gateway.session.sid);
  names = [];
  const answer = await gateway.ask('https://www.shop.example/', { dest: 'iframe' });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain(`href="http://${gateway.hostOf('https://www.shop.example')}/x"`);
  expect(gateway.session.jar.headerFor('https://www.shop.example/', { sameSite: 'strict' })).toBe('a=1');
  expect(names).toEqual(['www.shop.example']);
  expect((await gateway.ask('https://pay.shop.example/', { dest: 'iframe' })).status).toBe(502);
});
