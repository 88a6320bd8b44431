// The config as it is now: read from its file, followed through edits of that file, and saved with the admin's comments kept.
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { UpstreamOrigin } from '../../protocol/address.ts';
import type { Log } from '../log.ts';
import { withHost } from './allow-host.ts';
import { isOnSite } from './allowlist.ts';
import { type Agent, type Config, ConfigError, type ConfigProblem, type Site } from './config.ts';
import { type LoadedConfig, loadConfig } from './load.ts';
import type { Path } from './yaml-source.ts';

/** Between two looks at the file. A change counts when two looks in a row agree, so that half-written files are left alone. */
const LOOK_EVERY_MS = 200;

/** Keys that are used once, when the gateway starts. */
const FIXED = ['listen', 'publicUrl', 'panelUrl', 'base', 'data'] as const;

/** Holds the current {@link Config}. Ask it anew each time: what it yields is replaced as a whole by an edit. */
export class Registry {
  readonly #file: string;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #loaded: LoadedConfig;
  #problems: ConfigProblem[] = [];
  readonly #reported = new Map<string, ConfigProblem[]>();
  /** Text that was judged last, good or bad; undefined when the file could not be read. */
  #seenText: string | undefined;
  #seenMark: string;
  #lastMark: string;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  /**
   * Reads a config file and follows its edits (also by editors that replace the file) until {@link close}.
   * @throws {ConfigError} when the file cannot be read or has a fault
   */
  static async open(file: string, log: Log): Promise<Registry> {
    const mark = await markOf(file);
    const text = await readText(file);
    const registry = new Registry(file, log, loadConfig(text, file), text, mark);
    registry.#look();
    return registry;
  }

  private constructor(file: string, log: Log, loaded: LoadedConfig, text: string, mark: string) {
    this.#file = file;
    this.#log = log;
    this.#loaded = loaded;
    this.#seenText = text;
    this.#seenMark = mark;
    this.#lastMark = mark;
  }

  get config(): Config {
    return this.#loaded.config;
  }

  /** Faults of a later edit; the state before it keeps running until they are put right. */
  get problems(): ConfigProblem[] {
    return [...this.#problems, ...[...this.#reported.values()].flat()];
  }

  /** Faults of files that the config names, such as certificates: shown beside its own. @param of replaces what it said before */
  report(of: string, problems: ConfigProblem[]): void {
    this.#reported.set(of, problems);
  }

  /** @returns a function that removes the listener */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  findSite(id: string): Site | undefined {
    return this.config.sites.find((site) => site.id === id);
  }

  findAgent(name: string): Agent | undefined {
    return this.config.agents.find((agent) => agent.name === name);
  }

  /** The first site on one of whose domains the page lies. */
  findSiteOfPage(url: string): Site | undefined {
    return this.config.sites.find((site) => isOnSite(url, site));
  }

  /** The switch for the whole system (R1). @throws {ConfigError} when the file has a fault that must be put right first */
  setCobrowsing(on: boolean): Promise<void> {
    return this.#save(flagAt(() => ['system', 'cobrowsing'], on));
  }

  /**
   * The switch of one agent (R2).
   * @throws {ConfigError} as {@link setCobrowsing}; RangeError when there is no such agent
   */
  setAgentCobrowsing(name: string, on: boolean): Promise<void> {
    return this.#save(
      flagAt((config) => {
        const index = config.agents.findIndex((agent) => agent.name === name);
        if (index < 0) throw new RangeError(`No agent "${name}"`);
        return ['agents', index, 'cobrowsing'];
      }, on),
    );
  }

  /**
   * Lists a host for a site, so that it may be shown (`domains`) or loaded from (`resources`); nothing happens where it may be
   * already.
   * @throws {ConfigError} as {@link setCobrowsing}, also when the host can never be listed; RangeError when there is no such site
   */
  allowHost(site: string, origin: UpstreamOrigin, as: 'domains' | 'resources'): Promise<void> {
    return this.#save((loaded) => withHost(loaded, this.#file, site, origin, as));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
    this.#closed = true;
  }

  /** One after the other: saves and reloads never see each other half done. */
  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#work.then(job);
    this.#work = turn.catch(() => {});
    return turn;
  }

  #look(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#inTurn(() => this.#reloadIfChanged())
        .catch((error: unknown) => this.#log.error({ err: error }, 'config could not be looked at'))
        .finally(() => this.#look());
    }, LOOK_EVERY_MS).unref();
  }

  async #reloadIfChanged(): Promise<void> {
    const mark = await markOf(this.#file);
    const settled = mark === this.#lastMark;
    this.#lastMark = mark;
    if (!settled || mark === this.#seenMark || this.#closed) return;
    this.#seenMark = mark;
    await this.#reload();
  }

  async #reload(): Promise<void> {
    const seen = this.#seenText;
    this.#seenText = undefined;
    try {
      const text = await readText(this.#file);
      this.#seenText = text;
      if (text === seen) return;
      this.#apply(loadConfig(text, this.#file));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#problems = error.problems;
      this.#log.error({ problems: error.problems }, 'config edit refused, the state before it keeps running');
      this.#tell();
    }
  }

  #apply(loaded: LoadedConfig): void {
    const before = this.config;
    this.#loaded = loaded;
    this.#problems = [];
    for (const key of FIXED)
      if (JSON.stringify(before[key]) !== JSON.stringify(loaded.config[key]))
        this.#log.warn({ key }, 'this change of the config takes effect at the next start');
    this.#log.info('config applied');
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the config failed');
      }
    }
  }

  #save(edit: (loaded: LoadedConfig) => string): Promise<void> {
    return this.#inTurn(async () => {
      // Edited from the file as it is now, so that an admin's edit of this very moment is not lost.
      const before = await readText(this.#file);
      const text = edit(loadConfig(before, this.#file));
      const loaded = loadConfig(text, this.#file);
      if (text !== before) await replaceFile(this.#file, text);
      this.#seenText = text;
      this.#seenMark = await markOf(this.#file);
      this.#lastMark = this.#seenMark;
      this.#apply(loaded);
    });
  }
}

function flagAt(pathOf: (config: Config) => Path, on: boolean): (loaded: LoadedConfig) => string {
  return ({ config, source }) => source.withFlag(pathOf(config), on);
}

async function readText(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    throw new ConfigError([{ file, line: 1, message: `The file cannot be read (${codeOf(error)}).` }]);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Changes whenever the file was written or replaced. */
async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}`;
  } catch (error) {
    return codeOf(error);
  }
}

/** Writes beside the file and renames over it, so that no reader ever sees a part; a link keeps pointing to where it did. */
async function replaceFile(link: string, text: string): Promise<void> {
  const file = await realpath(link);
  const { mode } = await stat(file);
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.draft`);
  try {
    await writeSynced(draft, text, mode & 0o777);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    // A file that is itself a mount (containers) cannot be renamed over, and its folder may not be ours to write.
    if (!['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error;
    await writeSynced(file, text, mode & 0o777);
  }
}

async function writeSynced(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, 'w', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
