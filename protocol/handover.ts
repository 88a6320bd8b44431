// What the contact panel hands over at Start (P1): readable cookies, storages, fields and scroll of the customer's page.
import { MAX_URL } from './limits.ts';
import { type Decoded, flag, integer, list, object, optional, real, text, tuple } from './schema.ts';

const pairs = list(tuple(text(4_096), text(1_048_576)), 1_000);

export const handover = object({
  /** Real address of the page on which Start was clicked, query and fragment included. */
  url: text(MAX_URL),
  /** `document.cookie` of that page. */
  cookie: text(65_536),
  local: pairs,
  session: pairs,
  fields: list(
    object({
      path: text(1_000),
      value: optional(text(65_536)),
      checked: optional(flag),
      selected: optional(list(integer(0, 100_000), 10_000)),
      /** Of a part that the customer edited in the page (`contenteditable`): its words, without their form. */
      text: optional(text(65_536)),
    }),
    2_000,
  ),
  scroll: tuple(real(0, 1e7), real(0, 1e7)),
  /** Parts with scroll bars of their own that are not at their beginning; negative in right-to-left. */
  scrolls: optional(list(tuple(text(1_000), real(-1e7, 1e7), real(-1e7, 1e7)), 100)),
});
export type Handover = Decoded<typeof handover>;
