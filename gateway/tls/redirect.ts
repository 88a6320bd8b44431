// The second port: sends everybody who comes by plain http to the same address by https, and does nothing else.
import { createServer, type Server } from 'node:http';
import { findDoor, type Places } from '../sites/places.ts';

/** @param server settings of the HTTP parser, as for the gateway itself */
export function createRedirect(server: Parameters<typeof createServer>[0], places: () => Places): Server {
  const redirect = createServer({ ...server, keepAlive: false }, (req, res) => {
    const headers = { 'Cache-Control': 'no-store', 'Content-Length': '0', Connection: 'close' };
    const to = targetOf(req.headers.host, req.url ?? '/', places());
    if (to === undefined) res.writeHead(421, headers);
    // What was sent in a body is sent already; it is not repeated for somebody who may have listened.
    else if (req.method !== 'GET' && req.method !== 'HEAD') res.writeHead(403, headers);
    else res.writeHead(308, { ...headers, Location: to });
    res.end();
  });
  redirect.on('clientError', (_error, socket) => socket.destroy());
  // Each is over after one answer.
  redirect.maxConnections = 1_000;
  return redirect;
}

/** Only names of this gateway: a redirect to wherever the Host header says would be everybody's. */
function targetOf(host: string | undefined, path: string, places: Places): string | undefined {
  const name = /^([a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
  if (name === undefined || !path.startsWith('/')) return undefined;
  for (const own of [places.consoleHost, places.panelHost, places.base]) {
    const port = /:\d+$/.exec(own)?.[0] ?? '';
    if (findDoor(name + port, places)) return `https://${name}${port}${path}`;
  }
  return undefined;
}
