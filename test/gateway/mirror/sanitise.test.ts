// What of an element's attributes reaches followers.
import { describe, expect, it } from 'vitest';
import { emittedAttributes, emittedTag, type Surroundings } from '../../../gateway/mirror/sanitise.ts';

const asked: string[] = [];
const around: Surroundings = {
  base: 'http://shop--sid.cobrowse.localhost/cart/',
  resources: {
    idOf(url) {
      asked.push(url);
      return url.startsWith('http://elsewhere.example/') ? undefined : '/r/id';
    },
    upstreamUrl: (url) => url,
  },
  toUpstream: (url) => url,
};
const of = (tag: string, ...attributes: string[]) => emittedAttributes(tag, attributes, around);

describe('elements that are not on the list', () => {
  it('give way to one that means nothing in their own kind of markup', () => {
    expect(emittedTag('svg:details')).toBe('svg:tandem-other');
    expect(emittedTag('svg:rect')).toBe('svg:rect');
    expect(emittedTag('blink')).toBe('tandem-other');
  });
});

describe('addresses of custom elements', () => {
  it('are told as there or not, for styles that ask for them', () => {
    asked.length = 0;
    expect(of('se-button', 'src', './logo.svg', 'href', 'http://elsewhere.example/')).toEqual([
      'src',
      '',
      'href',
      '',
    ]);
    // Nothing can be had by them.
    expect(asked).toEqual([]);
  });

  it('stay where they lead nowhere', () => {
    expect(of('x-icon', 'href', '#star')).toEqual(['href', '#star']);
    expect(of('x-icon', 'src', 'data:image/png;base64,AA')).toEqual(['src', 'data:image/png;base64,AA']);
    expect(of('x-icon', 'src', 'data:text/html,<p>')).toEqual(['src', '']);
  });

  it('are those of resources in elements that load', () => {
    expect(of('img', 'src', 'pear.png')).toEqual(['src', '/r/id']);
  });
});

describe('style sheets', () => {
  it('off the list are sheets without an address', () => {
    expect(of('link', 'rel', 'stylesheet', 'href', 'http://elsewhere.example/a.css')).toEqual([
      'rel',
      'stylesheet',
      'href',
      '',
    ]);
    expect(of('link', 'rel', 'stylesheet', 'href', 'a.css')).toEqual(['rel', 'stylesheet', 'href', '/r/id']);
    expect(of('link', 'rel', 'icon', 'href', 'a.png')).toEqual(['rel', 'icon']);
  });
});
