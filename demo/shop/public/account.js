// The account area: one page that changes its address and content by itself.
import { formatPrice } from './money.js';

const root = document.getElementById('account');
const signOut = document.querySelector('form[action="/logout"]');
const PARTS = {
  '/account': 'Overview',
  '/account/orders': 'Orders',
  '/account/address': 'Address',
  '/account/wishes': 'Wishes',
};

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

async function ask(path, options = {}) {
  const headers = {
    Authorization: `Bearer ${localStorage.getItem('account-token') ?? ''}`,
    ...options.headers,
  };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) throw new Error('signed out');
  return await answer.json();
}

/** Trades the session cookie for a token of this page, once. */
async function signIn() {
  if (localStorage.getItem('account-token')) return;
  const answer = await fetch('/api/account/token', {
    method: 'POST',
    headers: { 'X-Csrf': root.dataset.csrf },
  });
  if (answer.ok) localStorage.setItem('account-token', (await answer.json()).token);
}

const shows = {
  '/account': async () => {
    const me = await ask('/api/account');
    return [
      make('p', { textContent: `Signed in as ${me.name}, ${me.email}.` }),
      make('p', { textContent: me.address }),
    ];
  },
  '/account/orders': async () => {
    const orders = await ask('/api/account/orders');
    if (orders.length === 0) return [make('p', { textContent: 'No orders yet.' })];
    const line = (order) =>
      make('li', {
        textContent: `${order.id}: ${formatPrice(order.total)}, ${order.paid ? 'paid' : 'open'}`,
      });
    return [make('ul', {}, ...orders.map(line))];
  },
  '/account/address': async () => {
    const me = await ask('/api/account');
    const field = make('textarea', { id: 'address', rows: 3, value: me.address });
    const state = make('p', { role: 'status' });
    const form = make(
      'form',
      { className: 'narrow' },
      make('label', { textContent: 'Address ' }, field),
      make('button', { textContent: 'Save address' }),
      state,
    );
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const saved = await ask('/api/account/address', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ address: field.value }),
      });
      state.textContent = `Saved: ${saved.address}`;
    });
    return [form];
  },
  '/account/wishes': async () => {
    const wishes = JSON.parse(localStorage.getItem('wishes') ?? '[]');
    const link = (slug) =>
      make('li', {}, make('a', { href: `/product/${slug}`, textContent: slug.replace('-', ' ') }));
    return [
      wishes.length
        ? make('ul', {}, ...wishes.map(link))
        : make('p', { textContent: 'Nothing kept in mind.' }),
    ];
  },
};

async function show() {
  const path = shows[location.pathname] ? location.pathname : '/account';
  const tabs = Object.entries(PARTS).map(([to, label]) => {
    const link = make('a', { href: to, textContent: label });
    if (to === path) link.setAttribute('aria-current', 'page');
    link.addEventListener('click', (event) => {
      event.preventDefault();
      history.pushState(null, '', to);
      show();
    });
    return make('li', {}, link);
  });
  let content;
  try {
    await signIn();
    content = await shows[path]();
    signOut.hidden = false;
  } catch {
    localStorage.removeItem('account-token');
    signOut.hidden = true;
    content = [make('p', {}, make('a', { href: '/login', textContent: 'Sign in to see your account' }))];
  }
  document.title = `${PARTS[path]} · Fern & Kettle`;
  root.replaceChildren(
    make('ul', { className: 'tabs' }, ...tabs),
    make('h2', { textContent: PARTS[path] }),
    ...content,
  );
}

window.addEventListener('popstate', show);
signOut.addEventListener('submit', () => localStorage.removeItem('account-token'));
show();
