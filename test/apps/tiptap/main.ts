// Tiptap (ProseMirror) with its starter kit, three buttons and a dialog for links.
import { Editor } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';

document.querySelector('#root')!.innerHTML = `
  <style>.ProseMirror { border: 1px solid #888; min-height: 240px; padding: 8px }</style>
  <button type="button" id="bold">Bold</button>
  <button type="button" id="bullets">Bullets</button>
  <button type="button" id="link">Link…</button>
  <div id="editor"></div>
  <dialog id="ask">
    <form method="dialog">
      <label>Address <input id="address" type="url"></label>
      <button type="submit" id="take">Set</button>
    </form>
  </dialog>`;

const find = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const editor = new Editor({
  element: find('#editor'),
  extensions: [StarterKit.configure({ link: { openOnClick: false } })],
});

find('#bold').addEventListener('click', () => editor.chain().focus().toggleBold().run());
find('#bullets').addEventListener('click', () => editor.chain().focus().toggleBulletList().run());
const ask = find<HTMLDialogElement>('#ask');
find('#link').addEventListener('click', () => ask.showModal());
ask.addEventListener('close', () => {
  const { value } = find<HTMLInputElement>('#address');
  if (value) editor.chain().focus().setLink({ href: value }).run();
});

Object.assign(window, { editor });
