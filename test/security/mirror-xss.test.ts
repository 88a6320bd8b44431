// Hostile markup in the leader's page, shown in the follower's browser: nothing runs, nothing is asked for outside the view host.
import { expect, it } from 'vitest';
import { openPair } from '../ui/mirror/pair.ts';
import { useBrowser } from '../use-browser.ts';

/** Kinds of markup that run scripts, load, navigate or post somewhere, from the public lists; `RUN` marks an execution. */
const MARKUP = [
  '<img src=x onerror=RUN>',
  '<img src=https://evil.example/leak.png>',
  '<img srcset="https://evil.example/leak.png 1x">',
  '<picture><source srcset=https://evil.example/leak.png><img></picture>',
  '<svg onload=RUN><animate onbegin=RUN attributeName=x dur=1s><set attributeName=href to=javascript:RUN></svg>',
  '<svg><a xlink:href="javascript:RUN"><text y=20>x</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>RUN</script></svg>#x"></svg>',
  '<svg><image href=https://evil.example/leak.svg></image><feImage href=https://evil.example/f></feImage></svg>',
  '<svg><foreignObject><iframe srcdoc="<script>RUN</script>"></iframe></foreignObject></svg>',
  '<svg><style>@import url(https://evil.example/s.css);</style></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=RUN></style></mglyph></table></mtext></math>',
  '<math href="javascript:RUN"><mi>x</mi></math>',
  '<iframe src="javascript:parent.RUN"></iframe>',
  '<iframe srcdoc="<script>parent.RUN</script>"></iframe>',
  '<iframe src="https://evil.example/frame"></iframe>',
  '<object data="data:text/html,<script>RUN</script>"></object>',
  '<object data="https://evil.example/o"></object>',
  '<embed src="https://evil.example/e">',
  '<a href="javascript:RUN" id=link>link</a>',
  '<a href="https://evil.example/away" target=_top ping="https://evil.example/ping">away</a>',
  '<form action="https://evil.example/post"><input name=a autofocus onfocus=RUN><button formaction="javascript:RUN">go</button></form>',
  '<details open ontoggle=RUN>x</details>',
  '<body onload=RUN background=https://evil.example/bg.png>',
  '<marquee onstart=RUN>x</marquee>',
  '<video src=https://evil.example/v.mp4 poster=https://evil.example/p.png onerror=RUN autoplay></video>',
  '<audio src=https://evil.example/a.mp3 autoplay></audio>',
  '<video><source src=https://evil.example/v2.mp4><track src=https://evil.example/t.vtt default></video>',
  '<link rel=stylesheet href=https://evil.example/s.css>',
  '<link rel=prefetch href=https://evil.example/prefetch><link rel=preconnect href=https://evil.example>',
  '<link rel=icon href=https://evil.example/icon>',
  '<style>@import "https://evil.example/i.css"; body{background:url(https://evil.example/b)} @font-face{font-family:x;src:url(https://evil.example/f)} *{font-family:x}</style>',
  '<p style="background:url(https://evil.example/inline);list-style:url(https://evil.example/l)">styled</p>',
  '<p style="background:\\75rl(https://evil.example/escaped)">styled</p>',
  '<meta http-equiv=refresh content="0;url=https://evil.example/refresh">',
  '<base href="https://evil.example/">',
  '<input type=image src=https://evil.example/i.png onload=RUN>',
  '<template><img src=x onerror=RUN></template><noscript><img src=x onerror=RUN></noscript>',
  '<x-y onclick=RUN tabindex=0>custom</x-y>',
  '<button popovertarget=pop>open</button><div id=pop popover onbeforetoggle=RUN>pop</div>',
  '<div style="position:fixed;inset:0" onmouseover=RUN onpointerdown=RUN>cover</div>',
  '<table background="https://evil.example/t.png"><td background="https://evil.example/td.png">x</table>',
  '<textarea></textarea><img src=x onerror=RUN>',
  '<xmp><script>RUN</script></xmp><plaintext><script>RUN</script>',
];

const browser = useBrowser();

it('hostile markup is inert in the mirror', async () => {
  const pair = await openPair(browser(), {
    pages: { '/': '<!doctype html><body><div id=place></div></body>' },
  });
  const dialogs: string[] = [];
  pair.follower.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  // Answers that keep the leader's page where it is.
  await pair.leader.route(/evil\.example/, (route) => route.fulfill({ status: 204 }));
  await pair.settle();
  const before = await pair.follower.evaluate(() => Object.keys(window).length);
  for (const markup of MARKUP) {
    // The leader's own page may do what it likes; only what reaches the follower counts.
    await pair.leader.evaluate((html) => {
      const box = document.createElement('div');
      box.innerHTML = html.replaceAll('RUN', '(window.ran=1,0)');
      document.querySelector('#place')?.append(box);
    }, markup);
  }
  await pair.leader.evaluate(() => {
    // What innerHTML would not make.
    for (const tag of ['script', 'object', 'embed', 'iframe', 'base', 'meta']) {
      const element = document.createElement(tag);
      element.setAttribute('data', 'data:text/html,<script>top.ran=1</script>');
      element.textContent = tag === 'script' ? 'window.ran = 1' : '';
      document.querySelector('#place')?.append(element);
    }
  });
  await pair.settle();
  // The bait's own faults in the leader's page have no stack.
  expect(pair.errors.filter((error) => /\.js:/.test(error))).toEqual([]);

  const found = await pair.follower.evaluate(async () => {
    const inner = window.follower.mirror.element;
    const page = window.follower.mirror.document()!;
    const harm: string[] = [];
    for (const element of page.querySelectorAll('*')) {
      for (const { name, value } of element.attributes)
        if (
          /^on/i.test(name) ||
          /javascript:|evil\.example/i.test(
            name === 'tandem-label' || (element.localName === 'a' && name === 'href') ? '' : value,
          )
        )
          harm.push(`${element.localName} ${name}=${value}`);
      (element as HTMLElement).click?.();
    }
    // A clicked link has led the inner frame away: it comes back when the mirror is built again.
    const isOurs = (): boolean => {
      try {
        return (
          inner.contentWindow?.location.pathname === '/inner' &&
          window.follower.mirror.document() !== undefined
        );
      } catch {
        return false;
      }
    };
    await new Promise((done) => setTimeout(done, 300));
    while (!isOurs()) await new Promise((done) => setTimeout(done, 20));
    return {
      harm,
      ran: 'ran' in window || 'ran' in (inner.contentWindow ?? {}),
      keys: Object.keys(window).length,
      sandbox: inner.getAttribute('sandbox'),
      cookies: page.cookie,
    };
  });
  expect(found.harm).toEqual([]);
  expect(found.ran).toBe(false);
  expect(found.keys).toBe(before);
  expect(found.sandbox).toBe('allow-same-origin');
  expect(dialogs).toEqual([]);
  // A clicked link leads the inner frame away at most: that is tampering, and the page is built again.
  expect(pair.strayRequests.filter((url) => !url.includes('/away'))).toEqual([]);
  await pair.close();
});

it('a frame that was led away is built again', async () => {
  const pair = await openPair(browser(), {
    pages: { '/': '<!doctype html><body><a href="/next">next</a><p id=p>here</p></body>' },
  });
  await pair.settle();
  await pair.follower.evaluate(() => {
    window.follower.mirror.element.contentWindow!.location.href = '/inner?tampered';
  });
  await expect.poll(() => pair.resends).toContain('tampered');
  await expect
    .poll(() =>
      pair.follower.evaluate(() => window.follower.mirror.document()?.querySelector('#p')?.textContent),
    )
    .toBe('here');
  await pair.leader.evaluate(() => {
    document.querySelector('#p')!.textContent = 'still followed';
  });
  await expect
    .poll(() =>
      pair.follower.evaluate(() => window.follower.mirror.document()?.querySelector('#p')?.textContent),
    )
    .toBe('still followed');
  await pair.close();
});
