// The inner frame: a script-less document of its own policy, as large as the leader's viewport, scaled to fit.

/** A page is shown at last after so long without its style sheets, ms. */
const STYLE_WAIT = 400;

export class InnerFrame {
  readonly element: HTMLIFrameElement;
  size = { width: 1280, height: 800 };
  scale = 1;

  readonly #place: HTMLElement;
  readonly #path: string;
  readonly #onTampered: () => void;
  readonly #resize: ResizeObserver;
  #zoom: 'fit' | number = 'fit';
  #bars: readonly [number, number] = [0, 0];
  /** Mode of the document that is loaded, or being loaded. */
  #mode: 'standards' | 'quirks' | undefined;
  #loading: Promise<Document> | undefined;
  #loaded: ((document: Document) => void) | undefined;
  #revealTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: HTMLElement, path: string, deps: { onTampered(): void }) {
    this.#place = place;
    this.#path = path;
    this.#onTampered = deps.onTampered;
    this.element = document.createElement('iframe');
    this.element.setAttribute('sandbox', 'allow-same-origin');
    this.element.setAttribute('scrolling', 'yes');
    this.element.tabIndex = -1;
    this.element.title = 'Shared page';
    this.element.style.cssText = 'position:absolute;border:0;transform-origin:0 0;background:#fff';
    this.element.addEventListener('load', () => this.#onLoad());
    // With its address: an empty frame would fire `load` while it is inserted.
    void this.open(false);
    place.append(this.element);
    this.#resize = new ResizeObserver(() => this.#layout());
    this.#resize.observe(place);
    this.#layout();
  }

  /** The document to build in, in the given mode. */
  open(quirks: boolean): Promise<Document> {
    const mode = quirks ? 'quirks' : 'standards';
    if (this.#mode === mode) return this.#loading!;
    this.#mode = mode;
    this.#loading = new Promise((resolve) => {
      this.#loaded = resolve;
    });
    this.element.src = quirks ? `${this.#path}?quirks` : this.#path;
    return this.#loading;
  }

  #onLoad(): void {
    const document = this.element.contentDocument;
    if (this.#loaded && document) {
      this.#loaded(document);
      this.#loaded = undefined;
      return;
    }
    // Nothing in it may lead away; whatever did, it is not what was built.
    this.#mode = undefined;
    this.#onTampered();
  }

  /** Hides the page until its style sheets have come, but not for long. */
  revealWhenStyled(): void {
    const document = this.element.contentDocument;
    if (!document) return;
    clearTimeout(this.#revealTimer);
    const waiting = new Set(
      [
        ...document.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet" i][href]:not([href=""])'),
      ].filter((link) => !link.sheet && !link.disabled),
    );
    const reveal = (): void => {
      clearTimeout(this.#revealTimer);
      this.element.style.visibility = '';
    };
    if (waiting.size === 0) {
      reveal();
      return;
    }
    this.element.style.visibility = 'hidden';
    this.#revealTimer = setTimeout(reveal, STYLE_WAIT);
    const done = ({ target }: Event): void => {
      if (waiting.delete(target as HTMLLinkElement) && waiting.size === 0) reveal();
    };
    for (const link of waiting)
      for (const type of ['load', 'error']) link.addEventListener(type, done, { once: true });
  }

  /** Size of the leader's viewport, CSS px, and the room that its scrollbars take there at the right and below. */
  resize(width: number, height: number, bars: readonly [number, number] = [0, 0]): void {
    this.size = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.#bars = bars;
    this.#layout();
  }

  /** `fit`, or outer px per px of the page. */
  zoom(zoom: 'fit' | number): void {
    this.#zoom = zoom;
    this.#layout();
  }

  #layout(): void {
    const { width, height } = this.size;
    const room = this.#place.getBoundingClientRect();
    const fit = room.width > 0 && room.height > 0 ? Math.min(room.width / width, room.height / height) : 1;
    this.scale = this.#zoom === 'fit' ? Math.min(fit, 1) : this.#zoom;
    const { style } = this.element;
    style.width = `${width}px`;
    style.height = `${height}px`;
    // The page is laid out in what scrollbars leave of that: with other ones here, the frame has another size.
    const { contentWindow, contentDocument } = this.element;
    const inner = contentDocument?.scrollingElement;
    if (contentWindow && inner) {
      const right = contentWindow.innerWidth - inner.clientWidth;
      const below = contentWindow.innerHeight - inner.clientHeight;
      style.width = `${width - this.#bars[0] + right}px`;
      style.height = `${height - this.#bars[1] + below}px`;
    }
    style.transform = `scale(${this.scale})`;
    style.left = `${Math.max(0, (room.width - width * this.scale) / 2)}px`;
    // At the top, as a browser shows a page: what is left over lies below it.
    style.top = '0';
    this.#place.style.overflow = this.#zoom === 'fit' ? 'hidden' : 'auto';
  }

  stop(): void {
    clearTimeout(this.#revealTimer);
    this.#resize.disconnect();
    this.element.remove();
  }
}
