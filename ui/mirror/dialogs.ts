// The top layer: dialogs opened as modal, and popovers that show.
import { attributeOf, isElement, type Shown } from './shown.ts';

/** Brings a dialog or popover to what was told of it. The view's own focus stays where it is. */
export function showDialog(shown: Shown): void {
  if (!isElement(shown) || !shown.node.isConnected) return;
  const { node, props } = shown;
  const focused = document.activeElement as HTMLElement | null;
  try {
    if (shown.tag === 'dialog')
      showModal(node as HTMLDialogElement, props?.modal ?? false, attributeOf(shown, 'open') !== undefined);
    if (attributeOf(shown, 'popover') !== undefined) {
      const shows = node.matches(':popover-open');
      if (props?.popover && !shows) node.showPopover();
      else if (!props?.popover && shows) node.hidePopover();
    }
  } catch {
    // Not connected, or not allowed here: it is shown in the flow.
  }
  if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

function showModal(dialog: HTMLDialogElement, modal: boolean, open: boolean): void {
  const isModal = dialog.matches(':modal');
  if (modal && !isModal) {
    // Only a closed one can become modal.
    dialog.removeAttribute('open');
    dialog.showModal();
  } else if (!modal && isModal) dialog.close();
  // `close()` before the attribute goes: else it stays modal, and everything else inert [measured].
  if (!modal && dialog.open !== open) dialog.toggleAttribute('open', open);
}
