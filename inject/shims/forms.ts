// Forms: addresses mapped, `_blank` and `_top` stay in the page frame; a nested frame's form for the whole page is handed to the shell.
import type { SentForm } from '../../protocol/ports.ts';
import { findWay, insideUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { placeOf, targetOf } from './leave.ts';
import { afterDispatch } from './links.ts';
import { wrapMethod } from './wrap.ts';

type Submitter = HTMLButtonElement | HTMLInputElement | null;

/** Installs the submit hook and `form.submit()`, which fires no event. */
export function installForms(realm: Realm): void {
  const { window, natives } = realm;
  realm.listen(window, 'submit', (event) => {
    const form = natives.composedPath(event)[0];
    if (!(form instanceof window.HTMLFormElement)) return;
    const submitter = (event as SubmitEvent).submitter as Submitter;
    if (keepsHere(realm, form, submitter)) return;
    afterDispatch(realm, event, false, () => {
      natives.preventDefault(event);
      handOver(realm, form, submitter);
    });
  });
  wrapMethod(realm, window.HTMLFormElement.prototype, 'submit', (native, self, args) => {
    const form = self as HTMLFormElement;
    if (self instanceof window.HTMLFormElement && !keepsHere(realm, form, null))
      return handOver(realm, form, null);
    return native(...args);
  });
}

function attributeOf(
  realm: Realm,
  form: HTMLFormElement,
  submitter: Submitter,
  name: string,
): [Element, string] | undefined {
  const { natives } = realm;
  const own = submitter && natives.getAttribute(submitter, `form${name}`);
  if (submitter && own !== null) return [submitter, own];
  const value = natives.getAttribute(form, name);
  return value === null ? undefined : [form, value];
}

/** Prepares a form that the browser can submit in its own frame by itself; false when it is meant for the page above. */
function keepsHere(realm: Realm, form: HTMLFormElement, submitter: Submitter): boolean {
  const { natives } = realm;
  const method = attributeOf(realm, form, submitter, 'method')?.[1].toLowerCase();
  if (method === 'dialog') return true;
  const target = targetOf(realm, form, 'target');
  const effective = (submitter && natives.getAttribute(submitter, 'formtarget')) || target;
  const place = placeOf(realm, effective);
  if (place === 'page' || (place === 'new' && !realm.isTop)) return false;
  const action = attributeOf(realm, form, submitter, 'action');
  if (action && action[1] !== '') {
    const way = findWay(realm, action[1]);
    if ((way.to === 'inside' || way.to === 'outside') && /^[\0-\x20]*(?:\w+:)?[\\/]{2}/.test(action[1]))
      natives.setAttribute(action[0], action[0] === form ? 'action' : 'formaction', insideUrl(realm, way));
  }
  if (effective !== '' && !/^_self$/i.test(effective) && (place === 'new' || /^_/.test(effective)))
    lend(realm, submitter && natives.getAttribute(submitter, 'formtarget') !== null ? submitter : form);
  return true;
}

/** Submitting reads the target after all listeners; it is put back in the next task. */
function lend(realm: Realm, element: Element): void {
  const { natives } = realm;
  const name = element.localName === 'form' ? 'target' : 'formtarget';
  const before = natives.getAttribute(element, name);
  natives.setAttribute(element, name, '_self');
  natives.setTimeout(() => {
    if (before === null) natives.removeAttribute(element, name);
    else natives.setAttribute(element, name, before);
  }, 0);
}

/** The page frame's script submits the same fields. */
function handOver(realm: Realm, form: HTMLFormElement, submitter: Submitter): void {
  const { natives } = realm;
  const action = attributeOf(realm, form, submitter, 'action')?.[1] || realm.window.location.href;
  const way = findWay(realm, action);
  if (way.to === 'external') realm.tell({ type: 'external', url: way.url });
  if (way.to === 'external' || way.to === 'nowhere') return;
  const fields: SentForm['fields'] = [];
  new natives.FormData(form, submitter).forEach((value, name) => {
    fields.push([name, value]);
  });
  realm.tell({
    type: 'navigate',
    url: way.url,
    form: {
      method: attributeOf(realm, form, submitter, 'method')?.[1].toLowerCase() === 'post' ? 'post' : 'get',
      enctype: attributeOf(realm, form, submitter, 'enctype')?.[1] ?? 'application/x-www-form-urlencoded',
      fields,
    },
  });
}
