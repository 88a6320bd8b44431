// Short notices above the mirror: why something was refused, and what the page asks the customer.

/** How long a notice stays, ms; a longer sentence takes longer to read. */
const SHOWN_MS = 4_000;
const PER_CHARACTER_MS = 40;

export interface Notices {
  /** Shows a sentence near a point, or at the top. It goes by itself. */
  say(sentence: string, at?: { x: number; y: number }): void;
  /** Shows a sentence until it is taken back with ''. */
  keep(sentence: string): void;
  stop(): void;
}

/** Starts the notices; screen readers hear them. */
export function startNotices(root: HTMLElement): Notices {
  const bubble = create('notice');
  const kept = create('notice kept');
  let timer: ReturnType<typeof setTimeout> | undefined;
  root.append(bubble, kept);
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
    keep(sentence) {
      kept.textContent = sentence;
      kept.hidden = sentence === '';
    },
    stop() {
      clearTimeout(timer);
      bubble.remove();
      kept.remove();
    },
  };
}

function create(className: string): HTMLElement {
  const bubble = document.createElement('div');
  bubble.className = className;
  bubble.setAttribute('role', 'status');
  bubble.hidden = true;
  return bubble;
}
