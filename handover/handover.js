// Express middleware for the site: at Start it answers the contact panel with the customer's cookies, sealed for the gateway.
import { sealCookies } from './seal.js';

export { sealCookies };

const MAX_BODY = 1_024;

/** @type {typeof import('./handover.js').handOver} */
export function handOver({ site, secret, origins, cookies, path = '/tandem-handover', mayHandOver }) {
  if (secret.length < 32) throw new TypeError('The secret needs at least 32 characters.');
  if (origins.length === 0 || cookies.length === 0)
    throw new TypeError('Name at least one origin and one cookie.');
  const wanted = new Map(
    cookies.map((one) => (typeof one === 'string' ? [one, { name: one }] : [one.name, one])),
  );

  return (req, res, next) => {
    if ((req.url ?? '').split('?', 1)[0] !== path) {
      next();
      return;
    }
    answer(req).then(
      ([status, body]) => send(res, status, body),
      (error) => next(error),
    );
  };

  /** @returns {Promise<[number, object | undefined]>} */
  async function answer(req) {
    // Another site can neither send JSON here nor name our origin, and a form or a link can do neither.
    const origin = req.headers.origin ?? '';
    const fetchSite = req.headers['sec-fetch-site'];
    if (req.method !== 'POST') return [405, undefined];
    if (!origins.includes(origin) || (fetchSite !== undefined && fetchSite !== 'same-origin'))
      return [403, undefined];
    if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '')) return [415, undefined];
    const challenge = readChallenge(await readBody(req));
    if (challenge === undefined) return [400, undefined];
    if (mayHandOver && !(await mayHandOver(req))) return [403, undefined];
    const found = findCookies(req.headers.cookie ?? '', wanted);
    if (found.length === 0) return [204, undefined];
    const secure = origin.startsWith('https:');
    const full = found.map((one) => ({ path: '/', sameSite: 'Lax', secure, ...one }));
    return [200, { token: sealCookies({ secret, site, challenge, origin, cookies: full }) }];
  }
}

/** A name that comes twice stands for two paths or domains, and nobody can tell which value is whose: left out. */
function findCookies(header, wanted) {
  const found = new Map();
  const doubled = new Set();
  for (const pair of header.split(';')) {
    const cut = pair.indexOf('=');
    if (cut < 0) continue;
    const name = pair.slice(0, cut).trim();
    const rule = wanted.get(name);
    if (!rule) continue;
    if (found.has(name)) doubled.add(name);
    found.set(name, { ...rule, value: pair.slice(cut + 1).trim() });
  }
  return [...found.values()].filter(({ name }) => !doubled.has(name));
}

async function readBody(req) {
  // Behind `express.json()` it has been read already.
  if (req.body !== undefined) return req.body;
  let text = '';
  for await (const chunk of req) {
    text += chunk;
    if (text.length > MAX_BODY) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readChallenge(body) {
  const challenge = typeof body === 'object' && body !== null ? body.challenge : undefined;
  return typeof challenge === 'string' && /^[\w-]{20,128}$/.test(challenge) ? challenge : undefined;
}

function send(res, status, body) {
  res.statusCode = status;
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  if (body === undefined) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify(body));
}
