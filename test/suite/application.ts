// An application that nobody here wrote, as the suite knows it: where it is from, how it is started, what people do in it.
import type { Walk } from './walk.ts';

export interface Application {
  /** For the command line and the table's order. */
  name: string;
  /** What it is called and, in a few words, what it is. */
  title: string;
  kind: string;
  version: string;
  /** Package and where that is had: `npm svgedit`, `Debian dokuwiki`. */
  from: string;
  /** The application's code is from packages, but something of ours holds the parts together. */
  composed?: boolean;
  /** Hosts by their first label; the flows begin on the first. `resources` may only be loaded from. */
  hosts: readonly string[];
  resources?: readonly string[];
  /** Installs what it needs. @returns one sentence that says why it cannot be had here */
  need(): Promise<string | undefined>;
  /** Starts it, with what it keeps in a folder of its own. */
  start(place: Place): Promise<Running>;
  flows: readonly Flow[];
}

/** Where an application is to be. */
export interface Place {
  /** Empty, and removed afterwards. */
  folder: string;
  /** Public origin of one of its hosts. */
  origin(host: string): string;
}

export interface Running {
  /** The port on loopback where each of its hosts listens. */
  ports: Record<string, number>;
  stop(): Promise<void>;
}

/** One thing a person does, written once and walked in each way. */
export interface Flow {
  title: string;
  walk(walk: Walk): Promise<void>;
}
