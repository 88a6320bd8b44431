// Monaco as it comes, its worker bundled beside it, with 500 lines of which only the visible ones are in the page.
import * as monaco from 'monaco-editor';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';

Object.assign(window, { MonacoEnvironment: { getWorker: () => new EditorWorker() } });

document.querySelector('#root')!.innerHTML = `
  <button type="button" id="find">Find</button>
  <div id="editor" style="border: 1px solid #888; height: 440px"></div>`;
const lines = Array.from({ length: 500 }, (_, index) => `line${index + 1} = ${index + 1}`);
const editor = monaco.editor.create(document.querySelector<HTMLElement>('#editor')!, {
  value: lines.join('\n'),
  language: 'python',
  // older versions, and other editors of their kind, type into a hidden textarea
  editContext: location.search !== '?textarea',
  minimap: { enabled: false },
});
document
  .querySelector('#find')!
  .addEventListener('click', () => void editor.getAction('actions.find')?.run());

Object.assign(window, { editor });
