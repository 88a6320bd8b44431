// The top layer: modal dialogs, popovers and fullscreen elements, in the order in which they came there at the leader's.
import type { NodeId } from '../../protocol/nodes.ts';
import { attributeOf, isElement, type Shown } from './shown.ts';

/** What a browser does to a fullscreen element, which is a popover here: no script may ask for the real thing, nor should it. */
const FULLSCREEN = `@layer tandem{[tandem-fullscreen]{border:0;padding:0;color:inherit;background:none;overflow:visible}}
[tandem-fullscreen]:not(:root){position:fixed!important;inset:0!important;margin:0!important;box-sizing:border-box!important;
min-width:0!important;max-width:none!important;min-height:0!important;max-height:none!important;width:100%!important;
height:100%!important;transform:none!important;object-fit:contain}[tandem-fullscreen]:not(:root)::backdrop{background:#000}`;

type InLayer = Shown & { readonly node: HTMLElement };

export class TopLayer {
  readonly #find: (id: NodeId) => Node | undefined;
  readonly #wanted = new Set<InLayer>();
  /** Dialogs whose `open` attribute is to be put right, once it is known which are modal. */
  readonly #dialogs = new Set<InLayer>();
  /** What this document shows in its top layer, in order. */
  #shown: InLayer[] = [];
  #sheet: CSSStyleSheet | undefined;

  constructor(find: (id: NodeId) => Node | undefined) {
    this.#find = find;
  }

  /** What was told of this element may have changed. */
  note(shown: Shown): void {
    if (!isElement(shown)) return;
    if (shown.props?.layer) this.#wanted.add(shown);
    else this.#wanted.delete(shown);
    if (shown.tag === 'dialog') this.#dialogs.add(shown);
    if (shown.props?.fullscreen) this.#style(shown.node);
    else if (shown.node.hasAttribute('tandem-fullscreen')) this.#leaveFullscreen(shown);
  }

  gone(shown: Shown): void {
    this.#wanted.delete(shown as InLayer);
    this.#dialogs.delete(shown as InLayer);
  }

  /** Brings the top layer to what was told, after each batch. The view's own focus stays where it is. */
  show(): void {
    if (this.#wanted.size + this.#shown.length + this.#dialogs.size === 0) return;
    const focused = keyboardHolder();
    const wanted = [...this.#wanted]
      .filter(({ node, props }) => node.isConnected && !(props?.fullscreen && isRoot(node)))
      .sort((one, other) => one.props!.layer! - other.props!.layer!);
    const now = this.#shown.filter((shown) => isModal(shown) || isPopover(shown));
    let same = 0;
    while (same < now.length && now[same] === wanted[same] && isAsTold(now[same]!)) same++;
    for (const shown of [...now.slice(same), ...wanted.slice(same)])
      if (shown.tag === 'dialog') this.#dialogs.add(shown);
    for (const shown of now.splice(same).reverse()) hide(shown);
    for (const shown of wanted.slice(same)) attempt(() => open(shown, this.#find(shown.props?.source ?? 0)));
    // What another one has closed here was kept open by something that is not mirrored.
    for (const shown of wanted)
      if (!isAsTold(shown))
        attempt(() => {
          shown.node.popover = 'manual';
          shown.node.showPopover();
        });
    this.#shown = wanted;
    for (const shown of this.#dialogs) {
      const isOpen = attributeOf(shown, 'open') !== undefined;
      if (shown.node.hasAttribute('open') !== isOpen) shown.node.toggleAttribute('open', isOpen);
    }
    this.#dialogs.clear();
    // a dialog that opens takes the keyboard: nobody may write into the mirror
    const taken = keyboardHolder();
    if (focused === taken) return;
    if (focused && focused !== document.body) focused.focus({ preventScroll: true });
    else taken?.blur();
  }

  #style(node: HTMLElement): void {
    node.setAttribute('tandem-fullscreen', '');
    if (!isRoot(node)) node.popover = 'manual';
    if (!this.#sheet) {
      const { CSSStyleSheet } = node.ownerDocument.defaultView as Window & typeof globalThis;
      this.#sheet = new CSSStyleSheet();
      this.#sheet.replaceSync(FULLSCREEN);
    }
    const { adoptedStyleSheets } = node.getRootNode() as Document;
    if (adoptedStyleSheets && !adoptedStyleSheets.includes(this.#sheet)) adoptedStyleSheets.push(this.#sheet);
  }

  #leaveFullscreen(shown: InLayer): void {
    shown.node.removeAttribute('tandem-fullscreen');
    shown.node.popover = attributeOf(shown, 'popover') ?? null;
  }
}

/** What has the keyboard in this view, inside the overlay's shadow tree too. */
function keyboardHolder(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active as HTMLElement | null;
}

const isRoot = (node: HTMLElement): boolean => node === node.ownerDocument.documentElement;
const isModal = ({ node }: InLayer): boolean => node.matches(':modal');
const isPopover = ({ node }: InLayer): boolean => node.matches(':popover-open');
const isAsTold = (shown: InLayer): boolean => (shown.props?.modal ? isModal(shown) : isPopover(shown));

function open({ node, props }: InLayer, source: Node | undefined): void {
  if (props?.modal) {
    // Only a closed one can become modal.
    node.removeAttribute('open');
    (node as HTMLDialogElement).showModal();
  } else (node as { showPopover(options?: object): void }).showPopover(source && { source });
}

function hide(shown: InLayer): void {
  const { node, tag } = shown;
  attempt(() => {
    // `close()` before the attribute goes: else it stays modal, and everything else inert [measured].
    if (tag === 'dialog') {
      // A page may have taken the attribute from a modal one, which then only is to be seen no more.
      node.setAttribute('open', '');
      (node as HTMLDialogElement).close();
    }
    if (node.popover) node.hidePopover();
    // It may have been kept open by hand.
    const kind = attributeOf(shown, 'popover');
    if (kind !== undefined && kind !== node.getAttribute('popover')) node.setAttribute('popover', kind);
  });
}

/** Not connected, or not allowed here: it is shown in the flow. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {}
}
