// A checkout of several pages without any script: address, payment, review. Errors come from its server, Back and Forward from the browser.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { word } from '../e2e/words.ts';
import { asDocument } from './site.ts';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

let control: ControlStage;
/** What the shop has taken down. */
const order = new Map<string, string>();

const page = (response: ServerResponse, status: number, title: string, body: string): void => {
  response
    .writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    .end(asDocument(`<h1>${title}</h1>${body}`));
};
const goTo = (response: ServerResponse, location: string): void => {
  response.writeHead(303, { location }).end();
};
const quote = (text: string): string => text.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`);
const field = (name: string, label: string, more = ''): string =>
  `<label>${label} <input name="${name}" ${more} value="${quote(order.get(name) ?? '')}"></label>`;

const ADDRESS = (): string => `<form method="post" novalidate>
  ${field('name', 'Full name', 'autocomplete="name" autofocus')}${field('street', 'Street', 'autocomplete="street-address"')}
  ${field('postcode', 'Postcode', 'autocomplete="postal-code" maxlength="5" inputmode="numeric"')}
  <label>Country <select name="country" autocomplete="country"><option value="AT">Austria<option value="DE">Germany<option value="FR">France</select></label>
  <fieldset><legend>Delivery</legend><label><input type="radio" name="delivery" value="post" checked> Post</label><label><input type="radio" name="delivery" value="bike"> Bike</label></fieldset>
  <details><summary>A note for us</summary><textarea name="note"></textarea></details>
  <button>On to payment</button></form>`;
const PAYMENT = `<form method="post">
  <label>Card number <input name="card" autocomplete="cc-number"></label>
  <label>Holder <input name="holder" autocomplete="cc-name"></label>
  <label><input type="checkbox" name="terms" required> I accept the terms</label>
  <button>Review</button> <a href="/checkout">Back to the address</a></form>`;

function take(body: string): void {
  for (const [name, value] of new URLSearchParams(body)) order.set(name, value);
}

beforeAll(async () => {
  control = await startControl({
    pages: {
      '/checkout': (request: IncomingMessage, response, body) => {
        if (request.method !== 'POST') return page(response, 200, 'Address', ADDRESS());
        take(body);
        if (!/^\d{5}$/.test(order.get('postcode') ?? ''))
          return page(
            response,
            422,
            'Address',
            `<p role="alert" id="wrong">A postcode has five digits.</p>${ADDRESS()}`,
          );
        return goTo(response, '/payment');
      },
      '/payment': (request, response, body) => {
        if (request.method !== 'POST') return page(response, 200, 'Payment', PAYMENT);
        take(body);
        return goTo(response, '/review');
      },
      '/review': (request, response) => {
        if (request.method === 'POST') return goTo(response, '/thanks');
        const list = [...order]
          .filter(([name]) => name !== 'card')
          .map(([name, value]) => `<li>${name}: ${quote(value)}`);
        return page(
          response,
          200,
          'Review',
          `<ul>${list.join('')}</ul><form method="post"><button accesskey="o">Order</button></form>`,
        );
      },
      '/thanks': (_request, response) => page(response, 200, 'Thank you', '<p>It is on its way.</p>'),
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);

async function sees(title: string): Promise<void> {
  await control.mirror.getByRole('heading', { level: 1, name: title }).waitFor();
  await control.agree();
}

describe('a checkout of several pages', () => {
  it('begins where the page put the focus; the agent goes on by Tab, and a label, a radio and a summary by the mouse', async () => {
    const { hand, mirror, open } = control;
    await open('/checkout');
    const leader = await control.leader();
    await expect.poll(() => leader.evaluate('document.activeElement.name')).toBe('name');
    await hand.click(mirror.getByText('Full name'), { on: { x: 0.05, y: 0.5 } });
    await hand.type('Ada Grün');
    await hand.press('Tab');
    await hand.type('Löwengasse 41');
    await hand.press('Tab');
    await hand.type('103x789');
    await expect.poll(() => leader.locator('[name=postcode]').inputValue()).toBe('103x7');
    await hand.press('Tab');
    await hand.press('f');
    await expect.poll(() => leader.locator('[name=country]').inputValue()).toBe('FR');
    await hand.press('Tab', 'ArrowDown');
    await expect.poll(() => leader.locator('[value=bike]').isChecked()).toBe(true);
    await hand.press('Tab', 'Enter');
    await mirror.locator('textarea').waitFor();
    await hand.press('Tab');
    await hand.type('Ring twice');
    await control.agree();
  });

  it('an error of the server is shown on both sides, with what was written', async () => {
    const { hand, mirror } = control;
    await hand.click('text=On to payment');
    await mirror.locator('#wrong').waitFor();
    await sees('Address');
    expect(await mirror.locator('[name=street]').inputValue()).toBe('Löwengasse 41');
    await hand.click('[name=postcode]');
    await hand.press('Control+a');
    await hand.type('10317');
    await hand.press('Enter');
    await sees('Payment');
    expect(order.get('postcode')).toBe('10317');
  });

  it('card fields stay the customer’s: the agent is told, sees dots, and cannot copy what is in them', async () => {
    const { hand, mirror, agent, shell } = control;
    const leader = await control.leader();
    await hand.click('[name=card]');
    await hand.type('4');
    const view = agent.page.frameLocator(`iframe[title="${word('view.title')}"]`);
    await view.getByText(word('reason.field-protected')).first().waitFor();
    expect(await leader.locator('[name=card]').inputValue()).toBe('');
    await leader.locator('[name=card]').fill('4111111111111111');
    await leader.locator('[name=holder]').fill('ADA GRUEN');
    await expect.poll(() => mirror.locator('[name=card]').inputValue()).toMatch(/^•+$/);
    await agent.page.evaluate(() => navigator.clipboard.writeText('before'));
    await hand.click('[name=card]', { times: 3 });
    await hand.press('Control+a', 'Control+c');
    const copied = await agent.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).not.toMatch(/\d/);
    expect(await shell.page.locator('body').innerText()).not.toContain('4111');
  });

  it('Back and Forward of the customer keep both sides together; what the browser demands is demanded of the agent too', async () => {
    const { hand, mirror } = control;
    await hand.click('text=Review');
    // "required" is the browser's own check: the form is not sent
    await expect.poll(async () => (await control.leader()).url()).toContain('/payment');
    await hand.click('text=Back to the address');
    await sees('Address');
    expect(await mirror.locator('[name=name]').inputValue()).toBe('Ada Grün');
    const leader = await control.leader();
    for (const title of ['Payment', 'Address', 'Payment']) {
      await leader.evaluate(title === 'Payment' ? 'history.back()' : 'history.forward()');
      await mirror.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    // what the customer wrote is back, and masked as before
    for (const name of ['card', 'holder']) {
      expect(await leader.locator(`[name=${name}]`).inputValue()).not.toBe('');
      await expect
        .poll(() => mirror.locator(`[name=${name}]`).inputValue(), { message: name })
        .toMatch(/^[• ]+$/);
    }
  });

  it('is finished by Space on the box, Enter, and the access key of the last button', async () => {
    const { hand, site } = control;
    const leader = await control.leader();
    if ((await leader.locator('[name=card]').inputValue()) === '')
      await leader.locator('[name=card]').fill('4111111111111111');
    await hand.click('[name=terms]');
    await expect.poll(() => leader.locator('[name=terms]').isChecked()).toBe(true);
    await hand.press('Tab', 'Enter');
    await sees('Review');
    await hand.press('Alt+o');
    await sees('Thank you');
    expect(Object.fromEntries(order)).toMatchObject({
      street: 'Löwengasse 41',
      card: '4111111111111111',
      terms: 'on',
    });
    expect(Object.fromEntries(new URLSearchParams(site.posted[0]?.body))).toMatchObject({
      country: 'FR',
      delivery: 'bike',
      note: 'Ring twice',
    });
    expect(site.posted.map(({ path }) => path)).toEqual(['/checkout', '/checkout', '/payment', '/review']);
    expect(control.errors).toEqual([]);
  });
});
