// Keys in fields that have more than a caret: selects, radio groups, sliders, numbers, dates, players.
import { chooseByKey, chooseWithCtrl, MOVES } from './choosing.ts';
import { isHtml } from './composed-tree.ts';
import { createDateFields } from './date-field.ts';
import { isCharacter, type Stroke } from './keys.ts';
import type { Page } from './page.ts';
import { findPlayer } from './player.ts';
import { chooseRadio, stepField } from './value.ts';

const CTRL_ALT_META = 7;
const CTRL = 2;
const SHIFT = 8;

/** What keys do in such fields. */
export interface Widgets {
  /** Performs the key; false when the target is nothing of the kind or the key means nothing to it. */
  press(target: Element, stroke: Stroke): boolean;
}

/**
 * Makes the widgets of a page.
 * @param language of who presses the keys
 * @param play plays or pauses, if the key itself did not
 */
export function createWidgets(
  page: Page,
  language: () => string,
  play: (player: HTMLMediaElement) => void,
): Widgets {
  const dates = createDateFields(page);
  return {
    press(target, { key, modifiers }) {
      if (isHtml(target, 'select') && target.multiple && (modifiers & CTRL_ALT_META) === CTRL)
        return chooseWithCtrl(page, target, key);
      if (modifiers & CTRL_ALT_META) return false;
      const moves = MOVES.test(key);
      const sideways = key === 'ArrowLeft' || key === 'ArrowRight';
      const player = findPlayer(target);
      if (player && (moves || key === ' ')) {
        // the others are known to the browser's controls
        if (key === ' ') play(player);
      } else if (isHtml(target, 'select') && (moves || isCharacter(key))) {
        chooseByKey(page, target, key, (modifiers & SHIFT) !== 0);
      } else if (isHtml(target, 'input') && moves && target.type === 'radio') {
        if (key.startsWith('Arrow')) chooseRadio(page, target, /Down|Right/.test(key));
        else return false;
      } else if (isHtml(target, 'input') && moves && target.type === 'range') stepField(page, target, key);
      else if (isHtml(target, 'input') && target.type === 'number' && key.startsWith('Arrow') && !sideways)
        stepField(page, target, key);
      else return dates.press(target, key, language());
      return true;
    },
  };
}

/** Whether arrows, Home and End change the value there. */
export function isStepped(element: Element, key: string): boolean {
  if (!MOVES.test(key)) return false;
  if (isHtml(element, 'select')) return true;
  return (
    isHtml(element, 'input') &&
    !/^(?:text|search|tel|url|email|password|checkbox|button|submit|reset|image|file)$/.test(element.type)
  );
}
