// After Stop: whether this tab goes to the page on which the session ended, or leaves that to the customer.

export interface ReturnHere {
  /** Start was clicked in this tab. */
  started(): void;
  /** @param pressed the customer asked for it; else only a tab goes that has waited for him since Start */
  take(url: string, pressed: boolean): void;
}

/**
 * A tab that he has used since Start, or that shows another page by now, is his: nothing of it may be lost.
 * @param panel the element of the panel: what is done in there is not done to the page
 */
export function createReturn(page: Window, panel: Element): ReturnHere {
  let startedAt: string | undefined;
  const touch = (event: Event): void => {
    if (event.isTrusted && event.target !== panel) startedAt = undefined;
  };
  for (const type of ['pointerdown', 'keydown', 'input'])
    page.addEventListener(type, touch, { capture: true, passive: true });
  return {
    started() {
      startedAt = page.location.href;
    },
    take(url, pressed) {
      if (!/^https?:\/\//i.test(url)) return;
      const waits = startedAt !== undefined && startedAt === page.location.href;
      startedAt = undefined;
      if (!pressed && (!waits || samePage(url, page.location.href))) return;
      page.location.assign(url);
    },
  };
}

function samePage(one: string, other: string): boolean {
  return one.split('#')[0] === other.split('#')[0];
}
