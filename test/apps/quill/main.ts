// Quill 2 with its own toolbar, as its guide says.
import Quill from 'quill';
import 'quill/dist/quill.snow.css';

const place = document.querySelector<HTMLElement>('#root')!;
place.style.height = '300px';
const quill = new Quill(place, {
  theme: 'snow',
  modules: {
    toolbar: [
      [{ header: [1, 2, false] }],
      ['bold', 'italic', 'link'],
      [{ list: 'ordered' }, { list: 'bullet' }],
    ],
  },
});

Object.assign(window, { quill });
