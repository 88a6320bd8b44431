// Changing text where the caret is: beforeinput, the browser's own editing command (keeps caret, undo and frameworks right), else the native setter.
import { firstLetterLength, lastLetterLength } from '../../protocol/letters.ts';
import { isEditor, isHtml, isTextField } from './composed-tree.ts';
import { editContextOf, writeToEditContext } from './edit-context.ts';
import type { Page } from './page.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Editing of the focused field or editor. */
export interface Editing {
  /** Writes text at the caret; false when there is nowhere to write or the page took the event over. */
  insert(target: Element, text: string, inputType?: string): boolean;
  /** A new line or paragraph, where the target has any. */
  breakLine(target: Element, soft: boolean): void;
  /** Deletes the selection, else one character or word. */
  remove(target: Element, forward: boolean, word: boolean): void;
  /** undo, redo, bold, italic, underline, selectAll. */
  command(target: Element, name: string, inputType?: string): void;
  /** Fires `change` for what was typed, as Enter does; not again on blur. */
  commit(target: Element): void;
  stop(): void;
}

/** Whether text can be written into it now. */
export function isWritable(target: Element): boolean {
  if (isTextField(target)) return !target.readOnly && !target.disabled;
  return isEditor(target);
}

/** Starts editing for a page. */
export function startEditing(page: Page): Editing {
  const { window, document } = page;
  /** Fields typed into, with the value that the page last heard of in a `change`. */
  const typed = new Map<Field, string>();
  /** Values whose native `change` on blur would be the second one. */
  const committed = new Map<Field, string>();
  let ours = false;

  const onChange = (event: Event): void => {
    const field = event.composedPath()[0] as Field;
    if (ours) return;
    typed.delete(field);
    if (event.isTrusted && committed.get(field) === field.value) event.stopImmediatePropagation();
    committed.delete(field);
  };
  const onBlur = (event: Event): void => {
    const field = event.composedPath()[0] as Field;
    // a value set past the browser's editing has no native change
    if (typed.has(field) && typed.get(field) !== field.value) fireChange(field);
    typed.delete(field);
  };
  /** First of all listeners; again at each edit, because document.open() removes all of the window. */
  const listen = (): void => {
    window.addEventListener('change', onChange, true);
    window.addEventListener('blur', onBlur, true);
  };
  listen();

  const fireChange = (field: Field): void => {
    ours = true;
    page.send(field, new window.Event('change', { bubbles: true }));
    ours = false;
  };

  /** Asks the page; editors of pages (Slate, Lexical) do the work themselves here and prevent the rest. */
  const ask = (target: Element, inputType: string, data: string | null): boolean => {
    const selection = document.getSelection();
    const ranges: StaticRange[] = [];
    if (isEditor(target) && selection?.rangeCount) ranges.push(rangeOf(selection, inputType));
    const init: InputEventInit = {
      inputType,
      data,
      isComposing: inputType === 'insertCompositionText',
      bubbles: true,
      cancelable: true,
      composed: true,
    };
    return page.send(target, new window.InputEvent('beforeinput', { ...init, targetRanges: ranges }));
  };

  const rangeOf = (selection: Selection, inputType: string): StaticRange => {
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = selection;
    const step = /^delete(Content|Word)(Backward|Forward)$/.exec(inputType);
    // a deletion tells beforehand what it will take
    if (isCollapsed && step && anchorNode && focusNode) {
      selection.modify('extend', step[2]!.toLowerCase(), step[1] === 'Word' ? 'word' : 'character');
      const range = selection.getRangeAt(0);
      selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
      return new window.StaticRange(range);
    }
    return new window.StaticRange(selection.getRangeAt(0));
  };

  /** Old editors (Draft) listen to this one; browsers send it between beforeinput and input. */
  const askOldEditor = (target: Element, text: string): boolean => {
    try {
      const event = document.createEvent('TextEvent') as unknown as TextEventLike;
      event.initTextEvent('textInput', true, true, window, text);
      return page.send(target, event);
    } catch {
      return true; // gone from this browser
    }
  };

  const replace = (field: Field, text: string, inputType: string, data: string | null): void => {
    const { value } = field;
    const start = field.selectionStart ?? value.length;
    const end = field.selectionEnd ?? value.length;
    const deleting = inputType.startsWith('delete') && start === end;
    const backward = deleting && inputType.endsWith('Backward');
    const forward = deleting && inputType.endsWith('Forward');
    const from = backward ? start - lastLetterLength(value.slice(0, start)) : start;
    const to = forward ? end + firstLetterLength(value.slice(end)) : end;
    const room = field.maxLength >= 0 ? field.maxLength - (value.length - (to - from)) : text.length;
    const fitting = text.slice(0, Math.max(room, 0));
    const changed = value.slice(0, from) + fitting + value.slice(to);
    if (changed === value) return;
    page.setValue(field, changed);
    if (field.selectionStart !== null) field.setSelectionRange(from + fitting.length, from + fitting.length);
    page.send(field, new window.InputEvent('input', { inputType, data, bubbles: true, composed: true }));
  };

  const edit = (target: Element, command: string, text: string, inputType: string): void => {
    const field = isTextField(target) ? target : undefined;
    const context = editContextOf(target);
    if (context) {
      writeToEditContext(page, context, text, inputType);
      return;
    }
    listen();
    if (field && !typed.has(field)) typed.set(field, committed.get(field) ?? field.value);
    // in a field that lost the focus to something beside the page the command would write elsewhere
    const focused = !field || (field.getRootNode() as Document | ShadowRoot).activeElement === field;
    if ((focused && page.command(command, text)) || !field) return;
    replace(field, text, inputType, text || null);
  };

  return {
    insert(target, text, inputType = 'insertText') {
      if (!isWritable(target)) return false;
      const fitting = isHtml(target, 'input') ? text.replace(/[\r\n]+/g, ' ') : text;
      if (!ask(target, inputType, fitting) || !askOldEditor(target, fitting)) return false;
      // a paste is undone apart from what was typed before and after: browsers begin anew where the caret was set
      const apart = inputType === 'insertFromPaste' && isTextField(target) && target.selectionStart !== null;
      const setCaret = (): void => {
        if (apart) target.setSelectionRange(target.selectionStart, target.selectionEnd);
      };
      setCaret();
      edit(target, 'insertText', fitting, inputType);
      setCaret();
      return true;
    },
    breakLine(target, soft) {
      if (!isWritable(target) || isHtml(target, 'input')) return;
      const paragraph = isEditor(target) && !soft;
      const inputType = paragraph ? 'insertParagraph' : 'insertLineBreak';
      if (!ask(target, inputType, null) || !askOldEditor(target, '\n')) return;
      if (isEditor(target) && !editContextOf(target)) page.command(inputType);
      else edit(target, 'insertText', '\n', inputType);
    },
    remove(target, forward, word) {
      if (!isWritable(target)) return;
      const inputType = `delete${word ? 'Word' : 'Content'}${forward ? 'Forward' : 'Backward'}`;
      if (!ask(target, inputType, null)) return;
      const selection = document.getSelection();
      if (word && selection && isCollapsed(target, selection))
        selection.modify('extend', forward ? 'forward' : 'backward', 'word');
      edit(target, forward ? 'forwardDelete' : 'delete', '', inputType);
    },
    command(target, name, inputType) {
      if (inputType && (!isWritable(target) || !ask(target, inputType, null))) return;
      if (!editContextOf(target)) page.command(name);
    },
    commit(target) {
      if (!isTextField(target) || !typed.has(target)) return;
      const before = typed.get(target);
      typed.delete(target);
      if (before === target.value) return;
      committed.set(target, target.value);
      fireChange(target);
    },
    stop() {
      window.removeEventListener('change', onChange, true);
      window.removeEventListener('blur', onBlur, true);
      typed.clear();
      committed.clear();
    },
  };
}

/** The old TextEvent, which TypeScript's DOM no longer lists. */
interface TextEventLike extends Event {
  initTextEvent(type: string, bubbles: boolean, cancelable: boolean, view: Window, data: string): void;
}

function isCollapsed(target: Element, selection: Selection): boolean {
  if (isTextField(target) && target.selectionStart !== null)
    return target.selectionStart === target.selectionEnd;
  return selection.isCollapsed;
}
