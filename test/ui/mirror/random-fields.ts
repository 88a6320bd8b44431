// Random operations on fields and forms: every way in which a value, a check or a choice changes without an attribute.
import { type RandomPage, TYPES } from './random-page.ts';

type Operation = (page: RandomPage) => void;

const VALUES = [
  '',
  '7',
  'x',
  'a@b.example',
  '2026-03-04',
  '#00ff00',
  '12:30',
  'a\nb',
  '2026-W05',
  'é'.repeat(30),
];

function one<T extends HTMLElement>(page: RandomPage, ...tags: string[]): T {
  const list = page.all().filter(({ localName }) => tags.includes(localName));
  if (list.length === 0) throw new Error('none of these');
  return page.pick(list) as T;
}
/** No operation is meant to lead to another page. */
const stay = (event: Event): void => event.preventDefault();
const select = (page: RandomPage): HTMLSelectElement => one(page, 'select');
const input = (page: RandomPage): HTMLInputElement => one(page, 'input');

export const FIELD_OPERATIONS: Record<string, Operation> = {
  values(page) {
    for (const element of page.all()) {
      if (page.random(3)) continue;
      if (element.localName === 'input') (element as HTMLInputElement).value = page.pick(VALUES);
      else if (element.localName === 'textarea') (element as HTMLTextAreaElement).value = page.pick(VALUES);
      else if (element.localName === 'select')
        (element as HTMLSelectElement).selectedIndex = page.random(4) - 1;
    }
  },
  checked(page) {
    for (const element of page.all())
      if (element.localName === 'input' && page.random(3) === 0)
        (element as HTMLInputElement).checked = page.random(2) === 0;
  },
  indeterminate(page) {
    input(page).indeterminate = page.random(2) === 0;
  },
  clicked: (page) => {
    const field = input(page);
    // A label may pass the click on to a button. Each time, since `document.open` takes listeners away.
    for (const target of [page.document, ...page.kept.roots]) target.addEventListener('submit', stay, true);
    if (field.type !== 'submit') field.click();
  },
  number(page) {
    const field = input(page);
    if (page.random(2)) field.valueAsNumber = page.random(50);
    else field.stepUp();
  },
  date(page) {
    input(page).valueAsDate = new Date(86_400_000 * page.random(20_000));
  },
  rangeText: (page) => input(page).setRangeText('Q', 0, 1),
  area(page) {
    const area = one<HTMLTextAreaElement>(page, 'textarea');
    if (page.random(2)) area.defaultValue = page.pick(VALUES);
    else area.setRangeText('R');
  },
  type(page) {
    const field = input(page);
    const type = page.pick(TYPES);
    // What was once a password stays masked, which only its recorder knows.
    if (type !== 'password' && field.type !== 'password') field.type = type;
  },
  name(page) {
    const field = input(page);
    if (page.random(3)) field.name = page.pick(['r', 's', 't']);
    else field.removeAttribute('name');
  },
  defaults(page) {
    const field = input(page);
    if (page.random(2)) field.defaultValue = page.pick(VALUES);
    else field.defaultChecked = page.random(2) === 0;
  },
  owner: (page) => input(page).setAttribute('form', page.pick(['f1', 'f2', ''])),
  limits: (page) =>
    input(page).setAttribute(page.pick(['min', 'max', 'step', 'maxlength']), String(page.random(20))),
  reset: (page) => one<HTMLFormElement>(page, 'form').reset(),
  radios(page) {
    const list = one<HTMLFormElement>(page, 'form').elements.namedItem('r');
    if (list && 'value' in list) (list as RadioNodeList).value = 'on';
  },
  validity: (page) => input(page).setCustomValidity(page.pick(['', 'not so'])),
  optionComes: (page) =>
    select(page).add(new Option('new', 'n', page.random(4) === 0, page.random(2) === 0), page.random(3)),
  optionGoes: (page) => select(page).remove(page.random(3)),
  chosenGoes: (page) => select(page).selectedOptions[0]!.remove(),
  optionsReplaced: (page) =>
    select(page).replaceChildren(new Option('one'), new Option('two', '2', false, true)),
  optionsCount(page) {
    select(page).length = page.random(5);
  },
  optionChosen(page) {
    const option = one<HTMLOptionElement>(page, 'option');
    option.selected = page.random(2) === 0;
  },
  optionDefault(page) {
    one<HTMLOptionElement>(page, 'option').defaultSelected = page.random(2) === 0;
  },
  optionChanges(page) {
    const option = one<HTMLOptionElement>(page, 'option');
    if (page.random(2)) option.text = `o${page.random(99)}`;
    else option.value = `w${page.random(99)}`;
  },
  optionMoves: (page) => select(page).append(one(page, 'option', 'optgroup')),
  selectValue(page) {
    const list = select(page);
    if (page.random(2)) list.value = page.pick(['n', 'o1', 'none']);
    else list.options.selectedIndex = page.random(3) - 1;
  },
  multiple(page) {
    const list = select(page);
    list.multiple = !list.multiple;
  },
  output(page) {
    one<HTMLOutputElement>(page, 'output').value = page.pick(VALUES);
  },
  gauge(page) {
    one<HTMLProgressElement | HTMLMeterElement>(page, 'progress', 'meter').value = page.random(10) / 10;
  },
};
