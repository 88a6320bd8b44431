// What the shell takes from a page's port: forms with the browser's own files, and nothing that only looks like one.
import { expect, test } from 'vitest';
import { decodeFromPage } from '../../../ui/shell/from-page.ts';

const navigate = (value: unknown) => ({
  type: 'navigate',
  url: 'https://www--s.example/',
  form: { method: 'post', enctype: 'multipart/form-data', fields: [['file', value]] },
});

test('a form of a nested frame brings its files', () => {
  const file = new File(['of one'], 'one.txt');
  expect(decodeFromPage(navigate(file))).toEqual(navigate(file));
});

test.each([[{ name: 'one.txt' }], [new Blob(['of one'])], [null], [7]])('%o is no file', (value) => {
  expect(decodeFromPage(navigate(value))).toBeUndefined();
});
