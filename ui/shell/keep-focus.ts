// Keeps the customer's letters where he writes them: what a follower performs in the page takes the focus there, and it is given back.

export interface FocusKeeper {
  /** The customer himself pressed something in the page: he is meant to be there. */
  ownPress(): void;
  stop(): void;
}

/** What is written or decided in; a button that loses the focus loses no letters. */
const KEPT = 'input, textarea, select, dialog, dialog *, [role="alertdialog"], [role="alertdialog"] *';
/** A Tab so short before means that he goes into the page by himself, ms. */
const TAB_MS = 300;
/** The page's word that he pressed there comes after the focus has moved, ms. */
const PRESS_MS = 500;

/**
 * For the time in which somebody else is in control. The shell cannot see into the page: a press there is known by what the page
 * says of it, shortly after; until then the focus counts as taken.
 */
export function startKeepingFocus(frame: HTMLIFrameElement): FocusKeeper {
  let tabbedAt = Number.NEGATIVE_INFINITY;
  let pressedAt = Number.NEGATIVE_INFINITY;
  let givenBackAt = Number.NEGATIVE_INFINITY;

  const noteTab = ({ key, timeStamp }: KeyboardEvent): void => {
    if (key === 'Tab') tabbedAt = timeStamp;
  };
  const giveBack = ({ target, timeStamp }: FocusEvent): void => {
    if (!(target instanceof HTMLElement) || !target.matches(KEPT)) return;
    if (timeStamp - tabbedAt < TAB_MS) return;
    // Only now it is known where the focus went.
    setTimeout(() => {
      if (document.activeElement !== frame || performance.now() - pressedAt < PRESS_MS) return;
      if (!target.isConnected) return;
      givenBackAt = performance.now();
      target.focus({ preventScroll: true });
    });
  };
  document.addEventListener('keydown', noteTab, true);
  document.addEventListener('focusout', giveBack, true);

  return {
    ownPress() {
      pressedAt = performance.now();
      if (pressedAt - givenBackAt < PRESS_MS) frame.focus();
    },
    stop() {
      document.removeEventListener('keydown', noteTab, true);
      document.removeEventListener('focusout', giveBack, true);
    },
  };
}
