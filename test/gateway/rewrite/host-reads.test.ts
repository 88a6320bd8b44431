// Sites with `realHosts`: which reads of the host are changed in scripts, wherever the chunks are split, and which are left.
import { describe, expect, it } from 'vitest';
import { findHostReads } from '../../../gateway/rewrite/host-reads.ts';
import { applyEdits, StreamingEdits } from '../../../gateway/rewrite/splice.ts';

const NAME = '[globalThis.__tandem_hostname||Object.keys({hostname:0})]';
const HOST = '[globalThis.__tandem_host||Object.keys({host:0})]';
const rewrite = (code: string): string => applyEdits(code, findHostReads(code, 0));

describe('reads of the host', () => {
  it('leaves strings whole that hold one, and works without the key', () => {
    const code = rewrite(
      `"a 'location.hostname' b" + \`\${({ location: { host: 'h' } }).location.host}\` + 'location.host'.length`,
    );
    expect(new Function(`return ${code}`)()).toMatch(/^a 'location.*' bh\d+$/);
  });

  it.each([
    ['location.hostname', `location${NAME}`],
    ['window.location.host', `window.location${HOST}`],
    ['e.location . hostname.split(".")', `e.location ${NAME}.split(".")`],
    ['document.location?.hostname', `document.location?.${NAME}`],
    ['if(location.hostname==="a.b")', `if(location${NAME}==="a.b")`],
    ['f=location.host=>1', `f=location${HOST}=>1`],
    ['const { hostname } = location;', `const { ${NAME}:hostname } = location;`],
    ['const {host:h,pathname}=window.location,a=1', `const {${HOST}:h,pathname}=window.location,a=1`],
    ['let {hostname="x",host}=location', `let {${NAME}:hostname="x",${HOST}:host}=location`],
  ])('%s', (code, expected) => {
    expect(rewrite(code)).toBe(expected);
    for (let at = 1; at < code.length; at++) {
      const stream = new StreamingEdits(findHostReads);
      expect(stream.write(code.slice(0, at)) + stream.write(code.slice(at)) + stream.end()).toBe(expected);
    }
  });

  it.each([
    'location.hostname = "a.b"',
    'location.host += ":1"',
    'location.href',
    'location.origin',
    'relocation.hostname',
    'location.hostnames',
    'mylocation.host',
    '{ hostname } = url',
    '{ hostname } = location.parts',
    '{ pathname } = location',
  ])('%s is left', (code) => expect(rewrite(code)).toBe(code));
});
