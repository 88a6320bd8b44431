// Behaviour of the shop's pages: greeting, suggestions, live stock, wishes, dialogs, studio.
const byId = (id) => document.getElementById(id);

function cookie(name) {
  const pair = document.cookie.split('; ').find((one) => one.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : '';
}

const member = cookie('shop_member');
if (member) byId('greeting').textContent = `Hello, ${member}`;

const search = byId('q');
let wait;
search.addEventListener('input', () => {
  clearTimeout(wait);
  wait = setTimeout(async () => {
    const answer = await fetch(`/api/suggest?q=${encodeURIComponent(search.value)}`);
    const names = await answer.json();
    byId('suggestions').replaceChildren(...names.map((name) => new Option(name, name)));
  }, 150);
});

// Stock and lookers, over a WebSocket on the shop's own host.
const lookers = byId('lookers');
if (lookers) {
  const socket = new WebSocket(
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live/stock`,
  );
  socket.addEventListener('message', ({ data }) => {
    const news = JSON.parse(data);
    if (news.lookers !== undefined) lookers.textContent = news.lookers;
    const stock = byId('stock');
    if (stock && news.stock) stock.textContent = news.stock[stock.dataset.product];
  });
}
const offer = byId('offer');
if (offer) {
  new EventSource('/live/offers').addEventListener('offer', ({ data }) => {
    offer.textContent = data;
  });
}

const range = document.querySelector('input[name="max"]');
range?.addEventListener('input', () => {
  byId('max-shown').textContent = range.value === '0' ? 'any price' : `€ ${range.value}`;
});

// Wishes and notes live in this browser only.
const wish = byId('wish');
if (wish) {
  const read = () => JSON.parse(localStorage.getItem('wishes') ?? '[]');
  const show = () => {
    const kept = read().includes(wish.dataset.product);
    wish.textContent = kept ? 'Kept in mind' : 'Keep in mind';
    wish.setAttribute('aria-pressed', String(kept));
  };
  wish.addEventListener('click', () => {
    const wishes = read();
    const at = wishes.indexOf(wish.dataset.product);
    if (at < 0) wishes.push(wish.dataset.product);
    else wishes.splice(at, 1);
    localStorage.setItem('wishes', JSON.stringify(wishes));
    show();
  });
  show();
}
const note = byId('basket-note');
if (note) {
  note.value = localStorage.getItem('basket-note') ?? '';
  note.addEventListener('input', () => localStorage.setItem('basket-note', note.value));
}

byId('sizes')?.addEventListener('click', () => window.open('/sizes', 'sizes', 'width=520,height=360'));
byId('ask')?.addEventListener('click', () => byId('delivery').showModal());

// The card frame of another company says whether the card was checked.
const cardFrame = byId('card-frame');
if (cardFrame) {
  window.addEventListener('message', (event) => {
    if (event.origin !== cardFrame.dataset.origin || event.source !== cardFrame.contentWindow) return;
    const good = event.data.type === 'card.checked';
    byId('card-token').value = good ? `tok-${event.data.last}` : '';
    byId('card-state').textContent = good
      ? `Card ending in ${event.data.last} is fine.`
      : 'This card number is too short.';
  });
}

const canvas = byId('mug');
if (canvas) {
  const pen = canvas.getContext('2d');
  const paint = () => {
    pen.strokeStyle = byId('ink').value;
    pen.lineWidth = Number(byId('width').value);
    pen.lineCap = 'round';
  };
  let drawing = false;
  canvas.addEventListener('pointerdown', (event) => {
    drawing = true;
    paint();
    pen.beginPath();
    pen.moveTo(event.offsetX, event.offsetY);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drawing) return;
    pen.lineTo(event.offsetX, event.offsetY);
    pen.stroke();
  });
  window.addEventListener('pointerup', () => {
    drawing = false;
  });
  byId('wave').addEventListener('click', () => {
    paint();
    for (let row = 60; row < canvas.height; row += 50) {
      pen.beginPath();
      for (let x = 0; x <= canvas.width; x += 6) pen.lineTo(x, row + Math.sin(x / 30) * 14);
      pen.stroke();
    }
  });
  byId('clear').addEventListener('click', () => pen.clearRect(0, 0, canvas.width, canvas.height));
  byId('confirm').addEventListener('click', () => {
    if (window.confirm('Throw the drawing away?')) pen.clearRect(0, 0, canvas.width, canvas.height);
  });
}

/** Stars, in a shadow tree of their own. */
class StarRating extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const value = Number(this.getAttribute('value'));
    const root = this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent =
      ':host { color: #a4482d; letter-spacing: 0.1em } small { color: #5a5444; letter-spacing: 0 }';
    const stars = document.createElement('span');
    stars.setAttribute('aria-hidden', 'true');
    stars.textContent =
      '★'.repeat(Math.floor(value)) + (value % 1 ? '½' : '') + '☆'.repeat(5 - Math.ceil(value));
    const words = document.createElement('small');
    words.append(' ', document.createElement('slot'));
    root.append(style, stars, words);
  }
}
customElements.define('star-rating', StarRating);
