// What masking does to a text, a field and an element: the same on both sides, so that masked content is equal in leader, gateway and follower.

/** A text with every character but white space replaced with a dot; the length stays, so that the layout does. */
export function maskText(text: string): string {
  return text.replace(/\S/g, '•');
}

const SECRET_AUTOCOMPLETE = /(?:^|\s)(?:cc-[a-z-]+|one-time-code|current-password|new-password)(?:\s|$)/i;

/** Whether a field's content is secret whatever the site says: passwords, payment cards, one-time codes. */
export function isSecretField(
  type: string | null | undefined,
  autocomplete: string | null | undefined,
): boolean {
  return (
    type?.trim().toLowerCase() === 'password' || (!!autocomplete && SECRET_AUTOCOMPLETE.test(autocomplete))
  );
}

/** What `data-cobrowse` asks for: a list of words. */
export function readMark(mark: string | null | undefined): {
  mask: boolean;
  hide: boolean;
  readonly: boolean;
} {
  const words = mark?.toLowerCase().split(/\s+/) ?? [];
  return { mask: words.includes('mask'), hide: words.includes('hide'), readonly: words.includes('readonly') };
}

/** Attributes that say how a masked element looks or what kind it is, never what it holds. All others are left out of masked parts. */
const KEPT_WHEN_MASKED = new Set(
  (
    'class id style type autocomplete data-cobrowse name dir lang role width height colspan rowspan span hidden disabled readonly ' +
    'required for rows cols size multiple open tabindex viewbox preserveaspectratio align valign cellpadding cellspacing border wrap ' +
    'contenteditable aria-hidden mode doctype d x y x1 x2 y1 y2 cx cy r rx ry points transform fill stroke rel start reversed'
  ).split(' '),
);

/**
 * The text of a style element in a masked part: it may hold for the whole page, so its rules stay; what it would write on the
 * page (`content`) is dotted.
 */
export function maskStyle(css: string): string {
  return css.replace(/content\s*:[^;}]*/gi, (declaration) =>
    declaration.replace(
      /(["'])((?:\\[\s\S]|(?!\1)[^\\])*)\1/g,
      (_all, quote, text) => quote + maskText(text) + quote,
    ),
  );
}

const MOVEMENT = /^(?:offset|easing|composite|opacity|transform|translate|rotate|scale)$/;

/** Whether a keyframe's property may be told of a masked element: where it is and whether it is seen, never what it shows. */
export function isMovement(property: string): boolean {
  return MOVEMENT.test(property);
}

/**
 * Whether an element takes text of any kind. Of a masked part only such may be told to be pointed at, pressed or focused: which key of
 * a pad is, tells what is entered.
 */
export function isTypedInto(tag: string, type: string | null | undefined): boolean {
  if (tag === 'input') return !/^(?:button|submit|reset|image|radio|checkbox)$/i.test(type ?? '');
  return tag === 'textarea' || tag === 'select';
}

/** Whether an attribute may stay on an element in a masked part. */
export function isKeptWhenMasked(name: string): boolean {
  return KEPT_WHEN_MASKED.has(name.toLowerCase());
}

/** Attributes that end up readable on a masked element, with their text replaced with dots. */
const DOTTED_WHEN_MASKED = new Set(['value', 'placeholder']);

/** The value an attribute of a masked element is sent with; undefined: not at all. */
export function maskAttribute(name: string, value: string): string | undefined {
  if (isKeptWhenMasked(name)) return value;
  return DOTTED_WHEN_MASKED.has(name) ? maskText(value) : undefined;
}

/** Whether a change of this attribute may change what is masked, if site selectors name nothing else. */
export function mayChangeMasks(name: string): boolean {
  return (
    name === 'data-cobrowse' ||
    name === 'type' ||
    name === 'autocomplete' ||
    name === 'class' ||
    name === 'id'
  );
}
