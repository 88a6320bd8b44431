// A calendar of days, weeks or months beside a date field above the mirror: the browser's own opens in no frame of another origin.

/** A calendar that belongs to a field. */
export interface Calendar {
  readonly element: HTMLElement;
  /** The keyboard goes to the chosen day, else to today. */
  focus(): void;
  /** The field's value is another now. */
  update(): void;
}

const TYPES = new Set(['date', 'datetime-local', 'week', 'month']);
const DAY_MS = 86_400_000;

/** Days that an arrow moves by; in a calendar of months, months. */
const STEPS: Record<string, readonly [days: number, months: number]> = {
  ArrowLeft: [-1, -1],
  ArrowRight: [1, 1],
  ArrowUp: [-7, -3],
  ArrowDown: [7, 3],
};

/**
 * Makes the calendar of a field; undefined for types that have none.
 * @param choose called when a day was chosen, which is the field's value then
 */
export function createCalendar(field: HTMLInputElement, choose: () => void): Calendar | undefined {
  if (!TYPES.has(field.type)) return undefined;
  const ofMonths = field.type === 'month';
  const language = navigator.language;
  const say = (date: Date, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(date);
  const twin = field.cloneNode() as HTMLInputElement;
  const now = new Date();
  const today = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
  let at = today;

  const element = document.createElement('div');
  element.className = 'calendar';
  element.setAttribute('role', 'dialog');
  element.setAttribute('aria-label', field.getAttribute('aria-label') ?? '');
  const head = element.appendChild(document.createElement('div'));
  head.className = 'calendar-head';
  const title = document.createElement('span');
  title.setAttribute('aria-live', 'polite');
  const table = document.createElement('table');
  table.setAttribute('role', 'grid');
  element.append(table);

  /** The value of a day as the field writes it. */
  const write = (into: HTMLInputElement, date: Date): void => {
    if (field.type === 'datetime-local')
      into.value = `${date.toISOString().slice(0, 10)}T${field.value.slice(11) || '00:00'}`;
    else into.valueAsDate = date;
  };
  const chosen = (): Date | undefined => {
    const date =
      field.type === 'datetime-local' ? new Date(`${field.value.slice(0, 10)}Z`) : field.valueAsDate;
    return date && !Number.isNaN(date.getTime()) ? date : undefined;
  };
  const mayBe = (date: Date): boolean => {
    write(twin, date);
    return !twin.validity.rangeUnderflow && !twin.validity.rangeOverflow;
  };
  const isSame = (date: Date, other: Date | undefined): boolean => {
    const days = other ? (date.getTime() - other.getTime()) / DAY_MS : Number.NaN;
    return field.type === 'week' ? days >= 0 && days < 7 : days === 0;
  };

  const turn = (months: number): void => {
    const day = ofMonths ? 1 : at.getUTCDate();
    const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0)).getUTCDate();
    at = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, Math.min(day, last)));
    draw();
  };
  const pages = ofMonths ? 12 : 1;
  const arrow = (by: 1 | -1): HTMLButtonElement => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = by < 0 ? '‹' : '›';
    button.addEventListener('click', () => turn(by * pages));
    return button;
  };
  const [before, after] = [arrow(-1), arrow(1)];
  head.append(before, title, after);

  const cell = (date: Date, text: string, label: string, dim: boolean): HTMLTableCellElement => {
    const made = document.createElement('td');
    made.setAttribute('role', 'gridcell');
    made.textContent = text;
    made.setAttribute('aria-label', label);
    made.setAttribute('aria-selected', String(isSame(date, chosen())));
    made.tabIndex = date.getTime() === at.getTime() ? 0 : -1;
    if (date.getTime() === today.getTime()) made.setAttribute('aria-current', 'date');
    if (!mayBe(date)) made.setAttribute('aria-disabled', 'true');
    if (dim) made.className = 'dim';
    made.addEventListener('click', () => pick(date));
    return made;
  };
  const pick = (date: Date): void => {
    if (!mayBe(date)) return;
    at = date;
    write(field, date);
    draw();
    choose();
  };
  const monthAt = (offset: number): Date =>
    new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + offset, 1));

  const draw = (): void => {
    const held = table.contains((element.getRootNode() as ShadowRoot).activeElement);
    const named: Intl.DateTimeFormatOptions = ofMonths
      ? { year: 'numeric' }
      : { month: 'long', year: 'numeric' };
    title.textContent = say(at, named);
    before.setAttribute('aria-label', say(monthAt(-pages), named));
    after.setAttribute('aria-label', say(monthAt(pages), named));
    const old = [...table.children];
    const body = table.appendChild(document.createElement('tbody'));
    const row = (): HTMLTableRowElement => body.appendChild(document.createElement('tr'));
    if (ofMonths) {
      let line = row();
      for (let month = 0; month < 12; month++) {
        if (month > 0 && month % 3 === 0) line = row();
        const date = new Date(Date.UTC(at.getUTCFullYear(), month, 1));
        line.append(
          cell(date, say(date, { month: 'short' }), say(date, { month: 'long', year: 'numeric' }), false),
        );
      }
    } else {
      const first = monthAt(0);
      const lead = (first.getUTCDay() - firstDay(field.type === 'week' ? undefined : language) + 7) % 7;
      const start = first.getTime() - lead * DAY_MS;
      const names = row();
      for (let day = 0; day < 7; day++) {
        const date = new Date(start + day * DAY_MS);
        const name = names.appendChild(document.createElement('th'));
        name.scope = 'col';
        name.textContent = say(date, { weekday: 'narrow' });
        name.abbr = say(date, { weekday: 'long' });
      }
      const long: Intl.DateTimeFormatOptions = {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        year: 'numeric',
      };
      for (let week = 0; week < 6; week++) {
        const line = row();
        for (let day = 0; day < 7; day++) {
          const date = new Date(start + (week * 7 + day) * DAY_MS);
          const other = date.getUTCMonth() !== at.getUTCMonth();
          line.append(cell(date, String(date.getUTCDate()), say(date, long), other));
        }
      }
    }
    // the keyboard is never nowhere in between: that would close the picker
    if (held) focus();
    for (const part of old) part.remove();
  };
  const focus = (): void => table.lastElementChild?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();

  // a press beside the days leaves the keyboard where it is
  element.addEventListener('mousedown', (event) => event.preventDefault());
  element.addEventListener('keydown', (event) => {
    const { key, shiftKey } = event;
    if (!table.contains(event.composedPath()[0] as Node)) return;
    const step = STEPS[key];
    if (key === 'Enter' || key === ' ') pick(at);
    else if (key === 'PageUp' || key === 'PageDown')
      turn((key === 'PageUp' ? -1 : 1) * (shiftKey || ofMonths ? 12 : 1));
    else if (step && ofMonths) turn(step[1]);
    else if (step) {
      at = new Date(at.getTime() + step[0] * DAY_MS);
      draw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const update = (): void => {
    const day = chosen() ?? at;
    at = ofMonths ? new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)) : day;
    draw();
  };
  update();
  return { element, focus, update };
}

/** First day of the week, 0 for Sunday; ISO weeks begin on Monday. */
function firstDay(language: string | undefined): number {
  const locale = language ? (new Intl.Locale(language) as WithWeek) : undefined;
  return (locale?.getWeekInfo?.().firstDay ?? locale?.weekInfo?.firstDay ?? 1) % 7;
}

/** Not yet in TypeScript's library; older browsers have it as a property. */
type WithWeek = Intl.Locale & { getWeekInfo?(): { firstDay: number }; weekInfo?: { firstDay: number } };
