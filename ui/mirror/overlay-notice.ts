// Short notices above the mirror: why something was refused.

/** How long a notice stays, ms; a longer sentence takes longer to read. */
const SHOWN_MS = 4_000;
const PER_CHARACTER_MS = 40;

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
      const x = at?.x ?? innerWidth / 2;
      bubble.style.left = `${Math.min(Math.max(x, 130), Math.max(innerWidth - 130, 130))}px`;
      bubble.style.top = `${Math.max(8, Math.min((at?.y ?? 8) + 16, innerHeight - 60))}px`;
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

function create(): HTMLElement {
  const bubble = document.createElement('div');
  bubble.className = 'notice';
  bubble.setAttribute('role', 'status');
  bubble.hidden = true;
  return bubble;
}
