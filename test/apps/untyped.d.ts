// What the applications use of packages that are published without types.
/// <reference types="vite/client" />

declare module 'leaflet' {
  interface Layer {
    addTo(map: unknown): this;
    bindPopup(html: string): this;
  }
  const L: {
    map(id: string, options: object): object;
    tileLayer(url: string, options: object): Layer;
    marker(at: [number, number], options: object): Layer;
    icon(options: object): unknown;
  };
  export default L;
}

declare module 'react-dom/client' {
  import type { ReactNode } from 'react';
  export function createRoot(container: Element): { render(node: ReactNode): void };
}

declare module 'sortablejs' {
  export default class Sortable {
    constructor(element: HTMLElement, options: object);
  }
}

declare module 'tabulator-tables' {
  export class TabulatorFull {
    constructor(selector: string, options: object);
  }
}
