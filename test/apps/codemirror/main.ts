// CodeMirror 6 put together from its packages, with 500 lines of which only the visible ones are in the page.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';

const lines = Array.from({ length: 500 }, (_, index) => `const line${index + 1} = ${index + 1};`);
const view = new EditorView({
  state: EditorState.create({
    doc: lines.join('\n'),
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      highlightActiveLine(),
      javascript(),
      keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.theme({ '&': { border: '1px solid #888', height: '400px' } }),
    ],
  }),
  parent: document.querySelector('#root')!,
});

Object.assign(window, { view });
