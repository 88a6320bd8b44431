// One of the ways to an application: each gives a person with a browser of his own.
import type { Frame, Page } from 'playwright-core';
import type { Scope } from '../walk.ts';

export interface Way {
  name: WayName;
  /** A person begins; the application's pages are not open yet. */
  begin(): Promise<Visit>;
  /** Words that no upstream may be told, in lower case. */
  secrets(): string[];
  stop(): Promise<void>;
}

export const WAYS = ['direct', 'tandem', 'unblocker'] as const;
export type WayName = (typeof WAYS)[number];

export interface Visit {
  tab: Page;
  page: Scope;
  frame(): Promise<Frame>;
  /** @param url real address */
  open(url: string): Promise<void>;
  /** The real address behind one that the browser names. */
  toReal(url: string): string;
  /** What `act` opens, where that is not a window of the browser. */
  nextWindow?(act: () => Promise<unknown>): Promise<Scope>;
  /** Where others look on: until they see the same. */
  agree?(timeout: number): Promise<void>;
  /** Pictures of what everybody sees, for a failure. */
  screenshot(name: string): Promise<void>;
  end(): Promise<void>;
}
