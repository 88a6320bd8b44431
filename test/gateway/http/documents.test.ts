// Shared documents over HTTP: uploads by both sides, the viewer page, the bytes, and who gets none.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '../../../protocol/limits.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';

let test: TestGateway;
let session: Awaited<ReturnType<TestGateway['open']>>;
beforeAll(async () => {
  test = await startTestGateway();
  session = await test.open();
});
afterAll(() => test.stop());

const PNG = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');
const upload = (host: string, path: string, cookie: string, body: Buffer) =>
  test.call(host, path, {
    method: 'POST',
    headers: { Origin: `http://${host}`, Cookie: cookie, 'Content-Type': 'text/html' },
    body,
  });
const byCustomer = (name: string, body: Buffer) =>
  upload(test.hosts.shell(session.sid), `/documents?name=${encodeURIComponent(name)}`, session.cookie, body);

describe('an upload', () => {
  it('of the customer is shared with all, its type told by its bytes', async () => {
    const answer = await byCustomer('pic ä.png', PNG);
    expect(answer.status).toBe(201);
    const { id } = JSON.parse(answer.text);
    const { state } = await session.leader.next(
      'session.changed',
      (event) => event.state.documents.length > 0,
    );
    expect(state.documents[0]).toMatchObject({
      id,
      name: 'pic ä.png',
      type: 'image/png',
      shown: true,
      by: 'Cleo',
    });
  });

  it('of an agent needs his seat in the session', async () => {
    const { console } = test.hosts;
    const path = `/console/api/session/${session.sid}/documents?name=x.png`;
    expect((await upload(console, path, session.anna, PNG)).status).toBe(403);
    await test.follow(session.anna, session.sid);
    expect((await upload(console, path, session.anna, PNG)).status).toBe(200);
  });

  it('without a cookie, from another origin, empty or too large is refused', async () => {
    const shell = test.hosts.shell(session.sid);
    expect((await upload(shell, '/documents?name=x', '', PNG)).status).toBe(401);
    const foreign = await test.call(shell, '/documents?name=x', {
      method: 'POST',
      headers: { Origin: `http://${test.hosts.page(session.sid)}`, Cookie: session.cookie },
      body: PNG,
    });
    expect(foreign.status).toBe(403);
    expect(JSON.parse((await byCustomer('x', Buffer.alloc(0))).text).reason).toBe('document-unreadable');
    expect(JSON.parse((await byCustomer('x', Buffer.alloc(MAX_DOCUMENT_BYTES + 1))).text).reason).toBe(
      'document-too-large',
    );
  });
});

describe('reading', () => {
  it('shows pictures in a viewer without an origin, and hands everything else out as a download', async () => {
    const view = test.hosts.view(session.sid);
    const { id } = JSON.parse((await byCustomer('pic.png', PNG)).text);
    const page = await test.call(view, `/d/${id}`);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none';.*sandbox allow-scripts$/);
    const bytes = await test.call(view, `/d/${id}/bytes`);
    expect(bytes.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'content-security-policy': "default-src 'none'; sandbox",
      'origin-agent-cluster': '?1',
    });
    const html = JSON.parse((await byCustomer('evil"\r\nx: y.html', Buffer.from('<script>1</script>'))).text);
    const download = await test.call(view, `/d/${html.id}`);
    expect(download.headers['content-type']).toBe('application/octet-stream');
    expect(download.headers['content-disposition']).toBe("attachment; filename*=UTF-8''evilx%20y.html");
  });

  it('by another id, in another session or after the end is gone', async () => {
    const { id } = JSON.parse((await byCustomer('pic.png', PNG)).text);
    const other = await test.open();
    expect((await test.call(test.hosts.view(session.sid), `/d/${'a'.repeat(26)}/bytes`)).status).toBe(410);
    expect((await test.call(test.hosts.view(other.sid), `/d/${id}/bytes`)).status).toBe(410);
    await test.gateway.sessions.end(session.sid, 'stopped-by-customer');
    expect((await test.call(test.hosts.view(session.sid), `/d/${id}/bytes`)).status).toBe(410);
  });
});
