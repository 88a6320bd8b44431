// Presses on what the page has drawn anew since the follower saw it: only what looks the same, in the same place, is pressed.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage, type PerformPage, type PerformWindow } from './page.ts';

const browser = useBrowser();

const STYLE =
  '<style>body{margin:0}#list>*{display:block;height:40px}button{width:100px;height:30px}</style>';
const row = (name: string): string => `<p>${name} <button aria-label="Cancel">x</button></p>`;
const NOTE =
  '<script>addEventListener("mousedown", ({ target }) => { window.pressed = target.closest("p,i,b")?.textContent ?? target.className })</script>';

const PRESS = {
  type: 'input.pointer',
  x: 0.5,
  y: 0.5,
  action: 'down',
  button: 0,
  buttons: 1,
  clicks: 1,
  pointer: 'mouse',
  modifiers: 0,
};

/** The follower presses the middle of an element that is drawn anew meanwhile. */
async function pressWhile(
  { page, perform, refusals }: PerformPage,
  selector: string,
  redraw: string,
  options: { client?: undefined } = {},
): Promise<{ pressed: unknown; refused: string | undefined }> {
  const { node, client } = await page.evaluate((at) => {
    const element = document.querySelector(at)!;
    const { left, top, width, height } = element.getBoundingClientRect();
    const id = (window as unknown as PerformWindow).idOf(element);
    return { node: id, client: { x: left + width / 2, y: top + height / 2 } };
  }, selector);
  await page.evaluate(redraw);
  await perform({ ...PRESS, node, client, ...options });
  return { pressed: await page.evaluate('window.pressed'), refused: (await refusals())[0] };
}
const openList = (body: string, readonly: string[] = []): Promise<PerformPage> =>
  openPerformPage(browser(), `${STYLE}<div id=list>${body}</div>${NOTE}`, { mask: [], hide: [], readonly });
const list = (body: string): string => `list.innerHTML = \`${body}\``;

test('the same row at the same place is pressed', async () => {
  const body = row('Anna') + row('Bob');
  const answer = await pressWhile(await openList(body), 'p:nth-child(2) button', list(body));
  expect(answer).toEqual({ pressed: 'Bob x', refused: undefined });
});

test('colours and other elements within it make no difference', async () => {
  const answer = await pressWhile(
    await openList('<p class=plain>line = 1</p>'),
    'p',
    list('<p class=coloured><span>line = </span><em>1</em></p>'),
  );
  expect(answer).toEqual({ pressed: 'line = 1', refused: undefined });
});

test.each([
  ['another row has come there', row('Anna') + row('Bob'), row('New') + row('Anna') + row('Bob')],
  ['the row says something else now', row('Anna') + row('Bob'), row('Anna') + row('Bob, who paid')],
  ['there is nothing any more', row('Anna') + row('Bob'), row('Anna')],
])('nothing is pressed when %s', async (_, before, after) => {
  const answer = await pressWhile(await openList(before), 'p:nth-child(2) button', list(after));
  expect(answer).toEqual({ pressed: undefined, refused: 'stale' });
});

test('nothing is pressed when a button of the same row has come there that does something else', async () => {
  const body = (css: string): string =>
    `<p style="display:flex;${css};justify-content:start"><button>Keep</button><button>Cancel</button></p>`;
  const answer = await pressWhile(
    await openList(body('')),
    'button',
    list(body('flex-direction:row-reverse;justify-content:end')),
  );
  expect(answer).toEqual({ pressed: undefined, refused: 'stale' });
});

test('icons without a name are told apart by their class', async () => {
  const cells = (...names: string[]): string => names.map((name) => `<i class=${name}></i>`).join('');
  const same = await pressWhile(await openList(cells('a', 'b')), '.b', list(cells('a', 'b')));
  expect(same.refused).toBe(undefined);
  const other = await pressWhile(await openList(cells('a', 'b')), '.b', list(cells('b', 'a')));
  expect(other.refused).toBe('stale');
});

test('a part that is the customer’s alone stays his', async () => {
  const body = row('Anna');
  const answer = await pressWhile(await openList(body, ['#list button']), 'button', list(body));
  expect(answer).toEqual({ pressed: undefined, refused: 'field-protected' });
});

test('without a point nothing is pressed, and what was not pressed is not let go', async () => {
  const open = await openList(row('Anna'));
  await open.page.evaluate('addEventListener("mouseup", () => { window.pressed = "let go" })');
  await open.click('#list');
  await open.page.evaluate('window.pressed = undefined');
  const answer = await pressWhile(open, 'button', list(row('Anna')), { client: undefined });
  expect(answer).toEqual({ pressed: undefined, refused: 'stale' });
  await open.perform({ ...PRESS, action: 'up', buttons: 0, node: 2 ** 30 });
  expect(await open.page.evaluate('window.pressed')).toBe(undefined);
});
