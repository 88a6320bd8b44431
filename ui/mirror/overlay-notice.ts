// Short notices above the mirror: why something was refused.

/** How long a notice stays, ms; a longer sentence takes longer to read. */
const SHOWN_MS = 4_000;
const PER_CHARACTER_MS = 40;
/** Free room to the edges of the view, and to the point it is about, px. */
const EDGE = 8;
const GAP = 16;

export interface Notices {
  /** Shows a sentence near a point, or at the top. It goes by itself. */
  say(sentence: string, at?: { x: number; y: number }): void;
  stop(): void;
}

/** Starts the notices; screen readers hear them. */
export function startNotices(root: HTMLElement): Notices {
  const bubble = create();
  let timer: ReturnType<typeof setTimeout> | undefined;
  root.append(bubble);
  return {
    say(sentence, at) {
      clearTimeout(timer);
      bubble.textContent = sentence;
      bubble.hidden = false;
      place(bubble, at);
      timer = setTimeout(
        () => {
          bubble.hidden = true;
        },
        SHOWN_MS + sentence.length * PER_CHARACTER_MS,
      );
    },
    stop() {
      clearTimeout(timer);
      bubble.remove();
    },
  };
}

/** Below the point in its middle, above it where there is no room below; inside the view in any case. */
function place(bubble: HTMLElement, at: { x: number; y: number } | undefined): void {
  const { clientWidth, clientHeight } = document.documentElement;
  // Where nothing narrows it: its size is that of its words.
  bubble.style.left = '0';
  bubble.style.top = '0';
  const { width, height } = bubble.getBoundingClientRect();
  const below = at ? at.y + GAP : EDGE;
  const y = at && below + height + EDGE > clientHeight ? at.y - GAP - height : below;
  const within = (start: number, size: number, room: number): number =>
    Math.max(EDGE, Math.min(start, room - size - EDGE));
  bubble.style.left = `${within((at?.x ?? clientWidth / 2) - width / 2, width, clientWidth)}px`;
  bubble.style.top = `${within(y, height, clientHeight)}px`;
}

function create(): HTMLElement {
  const bubble = document.createElement('div');
  bubble.className = 'notice';
  bubble.setAttribute('role', 'status');
  bubble.hidden = true;
  return bubble;
}
