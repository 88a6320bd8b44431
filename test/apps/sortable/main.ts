// SortableJS twice: with the browser's own drag and drop, and with its fallback that only needs pointer events.
import Sortable from 'sortablejs';
import '../cards.css';

const list = (id: string, cards: string[]): string =>
  `<ul class="column" id="${id}">${cards.map((card) => `<li class="card" id="${card}">${card}</li>`).join('')}</ul>`;

document.querySelector('#root')!.innerHTML = `
  <div class="columns">${list('todo', ['a1', 'a2', 'a3'])}${list('done', ['b1'])}</div>
  <hr>
  <div class="columns">${list('todo-pointer', ['c1', 'c2', 'c3'])}${list('done-pointer', ['d1'])}</div>`;

for (const column of document.querySelectorAll<HTMLElement>('.column')) {
  const forceFallback = column.id.endsWith('pointer');
  new Sortable(column, { group: forceFallback ? 'pointer' : 'native', animation: 150, forceFallback });
}
