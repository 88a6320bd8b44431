// Looks of the overlay; a constructed sheet in its own shadow root, so that neither the mirror nor the CSP touches it.

/** The overlay's style sheet. Colours follow ui/design/tokens.css. */
export const OVERLAY_CSS = `
:host { all: initial; position: fixed; inset: 0; z-index: 2147483647; color-scheme: light dark; pointer-events: none;
  font: 14px/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; }
[hidden] { display: none !important; }
.layer { position: absolute; inset: 0; pointer-events: auto; cursor: default; }
.layer.controls { touch-action: none; }
.notes, .marks, .pointers { position: absolute; inset: 0; overflow: hidden; }
.keys { position: absolute; width: 1px; height: 1.2em; padding: 0; border: 0; opacity: 0; resize: none; outline: 0;
  white-space: pre; overflow: hidden; font-size: 16px; }
.keys.composing { opacity: 1; box-sizing: content-box; border-radius: 2px; background: light-dark(#fff, #151e1d);
  color: light-dark(#14211f, #e9f1ef); box-shadow: 0 0 0 1px #0b6e6e; }
.enter { position: absolute; left: 8px; top: 8px; min-height: 32px; padding: 4px 12px; border: 2px solid #0b6e6e; border-radius: 8px;
  background: light-dark(#fff, #151e1d); color: light-dark(#14211f, #e9f1ef); font: inherit; clip-path: inset(50%); }
.enter:focus-visible { clip-path: none; pointer-events: auto; outline: 2px solid #0b6e6e; outline-offset: 2px; }
.layer.keyed { outline: 2px solid light-dark(#0b6e6e, #66cfc7); outline-offset: -2px; }

.pointer { position: absolute; left: 0; top: 0; color: #fff; transition: transform 60ms linear, opacity 400ms; will-change: transform; }
.pointer svg { display: block; width: 16px; height: 20px; fill: var(--person); stroke: #fff; stroke-width: 1.2; }
.pointer .name { position: absolute; left: 12px; top: 16px; max-width: 160px; padding: 1px 7px; border-radius: 4px 10px 10px 10px;
  background: var(--person); font-size: 12px; line-height: 1.5; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.pointer.flipped .name { left: auto; right: 100%; border-radius: 10px 4px 10px 10px; }
.pointer.idle { opacity: 0.45; }
.ripple { position: absolute; width: 32px; height: 32px; margin: -16px 0 0 -16px; border-radius: 50%; border: 3px solid var(--person);
  box-sizing: border-box; animation: ripple 600ms ease-out forwards; }
@keyframes ripple { from { transform: scale(0.2); opacity: 1; } to { transform: scale(1.4); opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .pointer { transition: none; } .ripple { animation: none; } }

.caret { position: absolute; width: 2px; background: light-dark(#0b6e6e, #0b6e6e); }
.ring { position: absolute; box-sizing: border-box; border: 2px solid #0b6e6e; border-radius: 3px; outline: 1px solid #fff; }
.chosen { position: absolute; background: rgb(11 110 110 / 25%); }

.list { position: absolute; box-sizing: border-box; pointer-events: auto; overflow: auto; padding: 4px; border-radius: 8px; outline: 0;
  background: light-dark(#fff, #1c2726); color: light-dark(#14211f, #e9f1ef); border: 1px solid light-dark(#788985, #738683);
  box-shadow: 0 8px 24px rgb(0 0 0 / 20%); max-width: calc(100vw - 8px); }
.list hr { border: 0; border-top: 1px solid light-dark(#dbe3e0, #293735); margin: 4px; }
.group { padding: 4px 8px; font-weight: 600; font-size: 12px; color: light-dark(#4a5b57, #a8bab6); }
.option { min-height: 24px; padding: 3px 10px; border-radius: 5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.option:empty::before { content: '\\a0'; }
.option[aria-selected='true'] { font-weight: 600; }
.option[aria-selected='true']::after { content: ' \\2713'; }
.option[aria-disabled='true'] { opacity: 0.5; }
.option.current { background: light-dark(#dff0ee, #14322f); outline: 2px solid light-dark(#0b6e6e, #66cfc7); outline-offset: -2px; }
.native { position: absolute; box-sizing: border-box; pointer-events: auto; margin: 0; font: inherit;
  background: light-dark(#fff, #1c2726); color: inherit; border: 2px solid light-dark(#0b6e6e, #66cfc7); border-radius: 4px; }

.calendar { position: absolute; pointer-events: auto; overflow: auto; padding: 8px; border-radius: 8px; color: light-dark(#14211f, #e9f1ef);
  background: light-dark(#fff, #1c2726); border: 1px solid light-dark(#788985, #738683); box-shadow: 0 8px 24px rgb(0 0 0 / 20%); }
.calendar-head { display: flex; align-items: center; justify-content: space-between; gap: 8px; font-weight: 600; }
.calendar button { width: 32px; height: 32px; border: 0; border-radius: 6px; background: none; color: inherit; font: inherit; font-size: 20px; }
.calendar table { border-spacing: 2px; text-align: center; }
.calendar th { font-size: 12px; font-weight: 400; color: light-dark(#4a5b57, #a8bab6); }
.calendar td { min-width: 30px; height: 30px; padding: 0 2px; border-radius: 6px; cursor: default; }
.calendar .dim { color: light-dark(#4a5b57, #a8bab6); }
.calendar td:hover, .calendar button:hover { background: light-dark(#dff0ee, #14322f); }
.calendar [aria-current] { outline: 1px solid light-dark(#788985, #738683); outline-offset: -1px; }
.calendar [aria-selected='true'] { background: #0b6e6e; color: #fff; font-weight: 600; }
.calendar [aria-disabled] { opacity: 0.4; }
.calendar :focus-visible { outline: 2px solid light-dark(#0b6e6e, #66cfc7); outline-offset: 1px; }

.pane { position: absolute; inset: 0; pointer-events: auto; cursor: crosshair; touch-action: none; outline: 0; }
.ink { position: absolute; inset: 0; overflow: hidden; }
.ink svg { position: absolute; inset: 0; width: 100%; height: 100%; fill: none; stroke: currentColor; stroke-width: 4;
  stroke-linecap: round; stroke-linejoin: round; filter: drop-shadow(0 0 1px #fff); }
.ink circle { fill: currentColor; stroke: #fff; stroke-width: 2; }
.framed { position: absolute; box-sizing: border-box; border: 3px solid var(--person); border-radius: 6px; box-shadow: 0 0 0 1px #fff; }
.framed .name { position: absolute; left: -3px; bottom: 100%; padding: 1px 8px; border-radius: 6px 6px 6px 0; background: var(--person);
  color: #fff; font-size: 12px; line-height: 1.5; white-space: nowrap; }
.framed.asked { border-style: dashed; }
.framed.hovered { border-width: 2px; border-style: dotted; }
.framed .name:empty { display: none; }
.cross { position: absolute; left: -12px; top: -12px; width: 24px; height: 24px; visibility: hidden; }
.cross.on { visibility: visible; }
.cross::before, .cross::after { content: ''; position: absolute; background: #0b6e6e; box-shadow: 0 0 0 1px #fff; }
.cross::before { left: 0; top: 11px; width: 24px; height: 2px; }
.cross::after { left: 11px; top: 0; width: 2px; height: 24px; }

.part { position: absolute; box-sizing: border-box; border: 2px dashed #0b6e6e; border-radius: 4px; }
.notice { position: absolute; width: max-content; max-width: min(360px, calc(100vw - 16px)); padding: 6px 12px; border-radius: 8px;
  box-sizing: border-box; background: #14211f; color: #fff; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); overflow-wrap: anywhere; }
`;
