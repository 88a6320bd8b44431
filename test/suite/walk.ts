// The page as a flow sees it, whichever way it is had: directly, in a session window, or through another proxy.
import type { Frame, FrameLocator, Keyboard, Mouse, Page } from 'playwright-core';

/** What a page and a frame have in common. */
export type Scope = Pick<
  FrameLocator,
  'locator' | 'getByRole' | 'getByLabel' | 'getByText' | 'getByPlaceholder' | 'getByTitle' | 'frameLocator'
>;

export interface Walk {
  readonly page: Scope;
  readonly keyboard: Keyboard;
  readonly mouse: Mouse;
  /** A word of this walk alone, to be written and read back. */
  readonly mark: string;
  /** Does one thing that a person would name. In a session, the agent must see the same afterwards. */
  step(title: string, act: () => Promise<unknown>): Promise<void>;
  /** Goes to a path of the first host, or to a whole address. */
  open(path: string): Promise<void>;
  /** The document itself, for what no person can read off it. */
  frame(): Promise<Frame>;
  /** A window of the same person that `act` opens beside this one, or above it. */
  nextWindow(act: () => Promise<unknown>): Promise<Scope>;
  /** Another browser, connected to the application directly. */
  direct(path: string): Promise<Page>;
}
