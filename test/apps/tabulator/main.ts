// Tabulator with 1,000 rows of which only the visible ones are in the page; cells can be edited, and selected by mouse or keyboard.
import { TabulatorFull } from 'tabulator-tables';
import 'tabulator-tables/dist/css/tabulator.min.css';

const towns = ['Aachen', 'Bonn', 'Celle', 'Dresden', 'Erfurt'];
const table = new TabulatorFull('#root', {
  height: 360,
  data: Array.from({ length: 1000 }, (_, index) => ({
    id: index + 1,
    name: `Order ${index + 1}`,
    town: towns[index % towns.length],
    amount: (index * 37) % 500,
  })),
  columns: [
    { title: 'No.', field: 'id', width: 80, sorter: 'number' },
    { title: 'Name', field: 'name', width: 200, editor: 'input' },
    {
      title: 'Town',
      field: 'town',
      width: 160,
      editor: 'list',
      editorParams: { values: towns, autocomplete: true, listOnEmpty: true },
    },
    { title: 'Amount', field: 'amount', width: 120, sorter: 'number', editor: 'number' },
  ],
  selectableRange: 1,
  editTriggerEvent: 'dblclick',
});

Object.assign(window, { table });
