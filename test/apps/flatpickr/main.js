// flatpickr: a date, a range and a time, beside the browser's own fields.
import flatpickr from 'flatpickr';
import 'flatpickr/dist/flatpickr.css';

document.querySelector('#root').innerHTML = `
  <label>Arrival <input id="day"></label>
  <label>Stay <input id="stay"></label>
  <label>Dinner <input id="time"></label>
  <label>Own date <input id="own" type="date" value="2026-11-20"></label>
  <label>Own time <input id="own-time" type="time"></label>
  <label>Own colour <input id="own-colour" type="color" value="#112233"></label>`;
window.state = { changes: [] };
const options = {
  defaultDate: '2026-11-20',
  allowInput: true,
  onChange: (_dates, text) => window.state.changes.push(text),
};
flatpickr('#day', options);
flatpickr('#stay', { ...options, mode: 'range', defaultDate: ['2026-11-20', '2026-11-22'] });
flatpickr('#time', { ...options, enableTime: true, noCalendar: true, time_24hr: true, defaultDate: '18:00' });
