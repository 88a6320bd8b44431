// Random operations on frames: they come, move, go to another page, are written into, and go.
import type { RandomPage } from './random-page.ts';

type Operation = (page: RandomPage) => void;

/** Documents in one page at most: each has its own recorder, socket and mirror. */
const MOST = 5;

const SCROLL = '.scroll{height:60px;width:200px;overflow:auto;white-space:pre}';

function frame(page: RandomPage): HTMLIFrameElement {
  const list = page.all().filter(({ localName }) => localName === 'iframe');
  if (list.length === 0) throw new Error('no frame');
  return page.pick(list) as HTMLIFrameElement;
}

export const FRAME_OPERATIONS: Record<string, Operation> = {
  frameComes(page) {
    if (page.documents().length >= MOST) return;
    const made = page.document.createElement('iframe');
    made.src = page.pick(['/frame', '/quirks']);
    if (page.random(3) === 0) made.loading = 'lazy';
    const parent = page.container();
    parent.insertBefore(made, page.place(parent));
  },
  frameMoves: (page) => page.container().append(frame(page)),
  frameLoads(page) {
    frame(page).src = page.pick(['/frame', '/quirks']);
  },
  /** The document is written anew, as a whole or piece by piece. */
  written(page) {
    if (page.random(8)) return;
    const { document } = page;
    document.open();
    if (page.random(3)) document.write('<!doctype html>');
    document.write(`<head><title>written ${page.random(99)}</title><style>${SCROLL}</style></head>`);
    document.write('<body><div class="a"><p>written');
    document.write(
      ' on</p></div><form id=f1><input name=r type=radio checked><select><option>1</select></form>',
    );
    document.close();
  },
  writtenAtOnce(page) {
    if (page.random(8)) return;
    page.document.write(`<!doctype html><style>${SCROLL}</style><section><b>at once</b></section>`);
    page.document.close();
  },
  frameGoes(page) {
    if (page.random(2)) frame(page).remove();
  },
};
