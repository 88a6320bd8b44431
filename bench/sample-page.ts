// A page as shops have them, made the same way every time: menus, cards, inline data, styles and scripts; any size.

const WORDS =
  'tea pot cup green leaf water steep slow morning garden order basket price sale new review stars delivery gift card box set glass clay'.split(
    ' ',
  );

function words(count: number, seed: number): string {
  return Array.from({ length: count }, (_, index) => WORDS[(seed * 31 + index * 17) % WORDS.length]).join(
    ' ',
  );
}

function card(index: number): string {
  return `<li class="card card--${index % 7}" id="p${index}"><a class="card__link" href="/product/${index}?from=list&amp;pos=${index}" title="${words(4, index)}"><img src="https://static.shop.example/img/${index}.webp" srcset="https://static.shop.example/img/${index}-2x.webp 2x" alt="${words(3, index)}" loading="lazy" width="320" height="240"></a><h3>${words(4, index)}</h3><p>${words(24, index)}</p><span class="price" data-amount="${index}.90">€ ${index}.90</span><form action="/basket" method="post"><input type="hidden" name="id" value="${index}"><button class="button">Add to basket</button></form></li>\n`;
}

/** @param bytes about so many */
export function samplePage(bytes: number): string {
  const head = `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="stylesheet" href="https://static.shop.example/site.css"><style>.hero{background:url(https://static.shop.example/hero.webp)}</style><script src="https://static.shop.example/app.js" defer></script></head><body><nav>${Array.from({ length: 12 }, (_, index) => `<a href="/category/${index}">${words(2, index)}</a>`).join('')}</nav><main><ul>\n`;
  const tail = `</ul></main><script>window.state = {"api":"https://www.shop.example/api","user":null,"items":[${Array.from({ length: 40 }, (_, index) => index).join(',')}]};</script></body></html>\n`;
  const parts = [head];
  let length = head.length + tail.length;
  for (let index = 0; length < bytes; index++) {
    const one = card(index);
    parts.push(one);
    length += one.length;
  }
  parts.push(tail);
  return parts.join('');
}

/** @param links so many, all absolute and on the list */
export function linkPage(links: number): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>Links</title></head><body>${Array.from({ length: links }, (_, index) => `<p><a href="https://www.shop.example/page/${index}">${words(4, index)}</a></p>`).join('\n')}</body></html>`;
}

/**
 * @param bytes about so many
 * @param start what is to be changed in it
 */
export function sampleScript(
  bytes: number,
  start = '"use strict";const api="https://www.shop.example/api";if(top!==self){top.location=self.location}\n',
): string {
  const parts = [start];
  let length = parts[0]!.length;
  for (let index = 0; length < bytes; index++) {
    const one = `function f${index}(a,b){const o={top:a.top,left:b,name:"${words(3, index)}"};return o.top>${index}?document.querySelector(".c${index}"):fetch("/api/${index}")}\n`;
    parts.push(one);
    length += one.length;
  }
  return parts.join('');
}
