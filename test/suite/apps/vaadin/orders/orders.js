// The page of the orders: tells the components where their lists are, and writes what is saved in them.
import '@vaadin/vaadin-lumo-styles/lumo.css';
import '@vaadin/app-layout';
import '@vaadin/app-layout/vaadin-drawer-toggle.js';
import '@vaadin/button';
import '@vaadin/combo-box';
import '@vaadin/date-picker';
import '@vaadin/dialog';
import '@vaadin/grid';
import '@vaadin/grid/vaadin-grid-selection-column.js';
import '@vaadin/grid/vaadin-grid-sort-column.js';
import '@vaadin/tabsheet';
import '@vaadin/text-area';
import '@vaadin/text-field';

const at = (id) => document.getElementById(id);
const orders = at('orders');
const dialog = at('dialog');
let opened = null;

async function ask(path, method = 'GET', body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response;
}

/** Pages of a list at the server, as the components ask for them. */
const listOf = (path, queryOf) => async (wanted, show) => {
  const { page, pageSize } = wanted;
  const query = new URLSearchParams({ _page: page + 1, _limit: pageSize, ...queryOf(wanted) });
  const response = await ask(`${path}?${query}`);
  show(await response.json(), Number(response.headers.get('x-total-count')));
};

at('variety').dataProvider = listOf('varieties', ({ filter }) => ({ name_like: filter }));
orders.dataProvider = listOf('orders', ({ sortOrders: [first] }) => ({
  _sort: first?.path ?? 'id',
  _order: first?.direction ?? 'desc',
}));

at('save').addEventListener('click', async () => {
  const { variety, due, buyer } = {
    variety: at('variety').value,
    due: at('due').value,
    buyer: at('buyer').value,
  };
  await ask('orders', 'POST', { variety, due, buyer, note: '' });
  orders.clearCache();
  at('sheets').selected = 1;
});

orders.addEventListener('active-item-changed', ({ detail }) => {
  if (!detail.value) return;
  opened = detail.value;
  at('about').textContent = `${opened.buyer} waits for ${opened.variety} until ${opened.due}.`;
  at('note').value = opened.note;
  at('parts').selected = 0;
  dialog.opened = true;
});
dialog.addEventListener('opened-changed', ({ detail }) => {
  if (!detail.value) orders.activeItem = null;
});
at('keep').addEventListener('click', async () => {
  await ask(`orders/${opened.id}`, 'PATCH', { note: at('note').value });
  orders.clearCache();
  dialog.opened = false;
});

orders.addEventListener('selected-items-changed', () => {
  const { selectedItems } = orders;
  at('chosen').value =
    `${selectedItems.length} chosen: ${selectedItems.map(({ buyer }) => buyer).join(', ')}`;
});
