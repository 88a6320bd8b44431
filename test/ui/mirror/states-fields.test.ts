// Fields are at the follower's as the leader sees them: values and choices however they change, validity, and the browser's words about it.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { expectSame } from './expect-same.ts';
import { firstDifference } from './first-difference.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

async function open(body: string, style = ''): Promise<void> {
  pair = await openPair(browser(), {
    pages: { '/': `<!doctype html><head><style>${style}</style></head><body>${body}</body>` },
  });
  await pair.leader.bringToFront();
  await pair.settle();
}
const run = (script: string): Promise<void> => act(pair, script);
const colour = (selector: string): Promise<string> =>
  pair.follower.evaluate(
    (which) => getComputedStyle(window.follower.mirror.document()!.querySelector(which)!).color,
    selector,
  );

it('keeps radio groups right through moves, names and owners', async () => {
  await open(`<form id=f><input type=radio name=r id=a checked></form><form id=g><input type=radio name=r id=b checked></form>
    <input type=radio name=r id=c form=g><input type=radio name=r id=d checked>`);
  for (const script of [
    // Its check goes before it joins the group: the other keeps its own.
    `$('b').checked=false; $('f').append($('b'))`,
    `$('d').setAttribute('form','f')`,
    `$('c').click()`,
    `$('c').setAttribute('form','f')`,
    `$('a').name='s'; $('a').checked=true`,
    `$('f').elements.namedItem('r').value='on'`,
    `$('f').reset()`,
  ]) {
    await run(script);
    await expectSame(pair);
  }
});

it('takes back what it said of a textarea when its text becomes the value', async () => {
  await open('<textarea id=t></textarea>');
  // the value has no carriage return: it is not the text
  await run("$('t').append('a\\r\\nb')");
  await expectSame(pair);
  await run("$('t').firstChild.data = 'c'");
  await expectSame(pair);
});

it.each([
  [
    `$('a').setAttribute('value','x'); $('a').value='12:30'`,
    `$('a').type='radio'; $('a').setAttribute('value','x')`,
  ],
  [
    `$('a').value='12:30'; $('a').setAttribute('value','x')`,
    `$('a').type='radio'; $('a').setAttribute('value','x')`,
  ],
])(
  'keeps an attribute that a new type takes from the value at another moment than the leader’s: %s',
  async (before, after) => {
    await open('<input id=a>');
    for (const script of [before, after]) {
      await run(script);
      await expectSame(pair);
    }
  },
);

it('tells a value from when the type of its field shows it, and only until then', async () => {
  await open(`<input id=a type=hidden value=covered><input id=b type=number value=7>`);
  await run(`$('a').type='text'; $('b').type='hidden'`);
  await expectSame(pair);
  await pair.quiet();
  expect(pair.repairs).toEqual([]);
  expect(
    await pair.follower.evaluate(() => {
      const fields = window.follower.mirror.document()!.querySelectorAll('input');
      return [...fields].map((field) => field.getAttribute('value'));
    }),
  ).toEqual(['covered', null]);
});

it('shows the state of fields that were adopted from another document', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><input id=a type=checkbox><select id=b><option>1<option>2</select><iframe src=/inner></iframe></body>',
      '/inner': '<!doctype html><body></body>',
    },
  });
  await pair.settle();
  await pair.leader.evaluate(() => {
    const { body } = document.querySelector('iframe')!.contentDocument!;
    body.append(document.querySelector('#a')!, document.querySelector('#b')!);
  });
  await pair.settle();
  // Their setters are still those of the window that they were made in.
  await pair.leader.evaluate(() => {
    const inner = document.querySelector('iframe')!.contentDocument!;
    inner.querySelector('input')!.indeterminate = true;
    inner.querySelector('select')!.selectedIndex = 1;
  });
  await expect
    .poll(async () => {
      const { leader, follower } = await pair.both();
      return firstDifference(leader, follower);
    })
    .toBeUndefined();
});

it('keeps the one open of several details of a name', async () => {
  await open(
    `<div id=x><details name=g id=a open>a</details></div><div id=y><details name=g id=b>b</details></div>`,
  );
  for (const script of [
    `$('b').open=true`,
    `$('b').open=false; $('a').open=true; $('x').append($('b'))`,
    `$('a').name='h'; $('b').open=true; $('a').name='g'`,
  ]) {
    await run(script);
    await expectSame(pair);
  }
});

it('shows what is chosen in lists, whoever chose it', async () => {
  await open(`<select id=s><option>1</option><optgroup><option id=o>2</option></optgroup></select>
    <select id=m multiple><option>a<option selected>b<option>c</select><form id=f></form><select id=t form=f><option>1<option selected>2</select>`);
  for (const script of [
    `$('o').selected=true`,
    `$('m').options[0].selected=true`,
    `$('s').options.selectedIndex=0`,
    `$('s').add(new Option('3','3',true,true))`,
    `$('s').remove(2)`,
    `$('m').multiple=false`,
    `$('o').defaultSelected=true; $('s').selectedIndex=-1`,
    `$('m').length=1`,
    `$('t').selectedIndex=0`,
    `$('f').reset()`,
  ]) {
    await run(script);
    await expectSame(pair);
  }
});

it('leaves a list where the leader has it, whatever is chosen in it', async () => {
  const options = Array.from({ length: 30 }, (_, i) => `<option>${i}`).join('');
  await open(`<select id=a multiple>${options}</select>`);
  // Each choice leads the browser there, and the leader scrolls back.
  await run(`$('a').options[25].selected=true`);
  for (const top of [0, 34]) {
    await pair.leader.evaluate((to) => {
      document.querySelector('select')!.scrollTop = to;
    }, top);
    await pair.settle();
    await expectSame(pair);
    await run(`$('a').add(new Option('more'), 0); $('a').scrollTop=${top}`);
    await expectSame(pair);
  }
  const late = await pair.join();
  await pair.settle();
  const scrollTop = () =>
    late.evaluate(() => window.follower.mirror.document()!.querySelector('select')!.scrollTop);
  await expect.poll(scrollTop).toBe(34);
});

it('shows a list that is drawn by the page’s own style, with a copy of what is chosen', async () => {
  await open(
    `<select id=s><button><selectedcontent></selectedcontent></button><div><option id=o1><b>one</b></option><option id=o2><i>two</i></option></div></select>`,
    'select,::picker(select){appearance:base-select} select:open{color:rgb(1,2,3)}',
  );
  await expectSame(pair);
  await run(`$('s').value='two'`);
  await expectSame(pair);
  const shown = (): Promise<string | undefined> =>
    pair.follower.evaluate(
      () => window.follower.mirror.document()!.querySelector('selectedcontent')?.innerHTML,
    );
  expect(await shown()).toBe('<i>two</i>');
  await pair.leader.click('#s');
  await expect.poll(() => colour('#s')).toBe('rgb(1, 2, 3)');
  await pair.leader.keyboard.press('Escape');
  await expect.poll(() => colour('#s')).not.toBe('rgb(1, 2, 3)');
});

it('shows validity as the leader’s browser has it, for custom elements too', async () => {
  await open(
    `<form id=f><input id=a required><input id=b type=number><input id=c minlength=5><input id=e type=email required value=no>
      <x-field id=x></x-field><button id=go>go</button></form>`,
    `:user-invalid{color:rgb(1,0,0)} :user-valid{color:rgb(0,1,0)} #b:invalid{color:rgb(0,0,1)} #x:invalid{color:rgb(2,0,0)} form:invalid{color:rgb(3,0,0)}`,
  );
  expect(await colour('#a')).not.toBe('rgb(1, 0, 0)');
  await run(`$('b').setCustomValidity('not this one')`);
  await expect.poll(() => colour('#b')).toBe('rgb(0, 0, 1)');
  await run(`$('b').setCustomValidity('')`);
  await expect.poll(() => colour('#b')).not.toBe('rgb(0, 0, 1)');
  // Not a number yet: the value is empty, and the field is not valid.
  await pair.leader.click('#b');
  await pair.leader.keyboard.type('1e');
  await expect.poll(() => colour('#b')).toBe('rgb(0, 0, 1)');
  await pair.leader.click('#a');
  await pair.leader.keyboard.type('x');
  await pair.leader.click('#c');
  await expect.poll(() => colour('#a')).toBe('rgb(0, 1, 0)');
  await pair.leader.fill('#b', '5');
  await pair.leader.click('#go');
  await expect.poll(() => colour('#e')).toBe('rgb(1, 0, 0)');
  await run(`customElements.define('x-field', class extends HTMLElement {
    static formAssociated = true; constructor() { super(); this.own = this.attachInternals() } });
    $('x').own.setValidity({customError:true}, 'no')`);
  await expect.poll(() => colour('#x')).toBe('rgb(2, 0, 0)');
  await run(`$('f').reset()`);
  await expect.poll(() => colour('#e')).not.toBe('rgb(1, 0, 0)');
  expect([...pair.errors, ...pair.resends]).toEqual([]);
});

it('says what the browser says beside a field, and never what is masked', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><body><form><input id=a required><button id=go>go</button></form>
      <form><input id=m data-cobrowse=mask type=email value="secret"><button id=send>send</button></form></body>`,
    },
  });
  await pair.leader.bringToFront();
  await pair.settle();
  const words = (): Promise<string | undefined> =>
    pair.follower.evaluate(() => [...window.follower.mirror.notes()][0]?.text);
  await pair.leader.click('#go');
  await expect
    .poll(words)
    .toBe(await pair.leader.evaluate(() => document.querySelector('input')!.validationMessage));
  await pair.leader.keyboard.type('x');
  await expect.poll(words).toBeUndefined();
  await pair.leader.click('#send');
  expect(
    await pair.leader.evaluate(() => document.querySelector<HTMLInputElement>('#m')!.validationMessage),
  ).toContain('secret');
  await pair.settle();
  await pair.settle();
  expect(await words()).toBeUndefined();
  expect(pair.wire()).not.toContain('secret');
  expect(await pair.leader.evaluate(() => window.leader.said())).not.toContain('secret');
});

it('shows what the browser fills in by itself, masked where it is of a card', async () => {
  const field = (name: string, kind: string): string => `<input name=${name} autocomplete=${kind}>`;
  await open(
    `<form>${field('name', 'name')}${field('street', 'street-address')}${field('city', 'address-level2')}${field('zip', 'postal-code')}</form>
    <form>${field('holder', 'cc-name')}${field('cardnumber', 'cc-number')}${field('exp', 'cc-exp')}${field('cvc', 'cc-csc')}</form>`,
  );
  const cdp = await pair.leader.context().newCDPSession(pair.leader);
  const fill = async (name: string, what: object): Promise<void> => {
    const { root } = await cdp.send('DOM.getDocument');
    const { nodeId } = await cdp.send('DOM.querySelector', {
      nodeId: root.nodeId,
      selector: `[name=${name}]`,
    });
    const { node } = await cdp.send('DOM.describeNode', { nodeId });
    // Refused until the browser has looked at the form.
    await expect
      .poll(() =>
        cdp.send('Autofill.trigger', { ...what, fieldId: node.backendNodeId }).then(() => 'filled', String),
      )
      .toBe('filled');
    await expect.poll(() => pair.leader.locator(`[name=${name}]`).inputValue()).not.toBe('');
  };
  const address = {
    NAME_FULL: 'Ada Love',
    ADDRESS_HOME_STREET_ADDRESS: 'Long 1',
    ADDRESS_HOME_CITY: 'Boston',
    ADDRESS_HOME_ZIP: '02101',
    ADDRESS_HOME_COUNTRY: 'US',
  };
  const fields = Object.entries(address).map(([name, value]) => ({ name, value }));
  await fill('city', { address: { fields } });
  await fill('cardnumber', {
    card: { number: '4111111111111111', name: 'Ada Love', expiryMonth: '01', expiryYear: '2030', cvc: '123' },
  });
  const shown = () =>
    pair.follower.evaluate(() =>
      [...window.follower.mirror.document()!.querySelectorAll('input')].map(({ value }) => value),
    );
  await expect
    .poll(shown)
    .toEqual(['Ada Love', 'Long 1', 'Boston', '02101', '••• ••••', '••••••••••••••••', '•••••••', '•••']);
});
