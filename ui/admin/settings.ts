// System Settings as they are now: read every two seconds, written by single switches.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { BlockedAnswer, Settings } from '../../protocol/http-api.ts';
import { call, RefusedCall, sentenceOfError } from '../call.ts';
import { say } from '../design/toasts.ts';

export interface LiveSettings {
  readonly settings: ReadonlySignal<Settings | undefined>;
  /** Why they cannot be shown. */
  readonly failed: ReadonlySignal<string | undefined>;
  /** Switches that are being saved. */
  readonly saving: ReadonlySignal<ReadonlySet<string>>;
  setCobrowsing(on: boolean): void;
  setAgent(name: string, on: boolean): void;
  /** About a host that is not on a site's list. */
  answerBlocked(site: string, answer: BlockedAnswer): void;
  stop(): void;
}

const EVERY_MS = 2_000;
export const SYSTEM = 'system';

export function startSettings(): LiveSettings {
  const settings = signal<Settings | undefined>(undefined);
  const failed = signal<string | undefined>(undefined);
  const saving = signal<ReadonlySet<string>>(new Set());
  let stopped = false;

  const read = async (): Promise<void> => {
    // What is being written would be overwritten by an older answer.
    if (document.hidden || saving.value.size > 0) return;
    try {
      const fresh = await call<Settings>('/console/api/settings');
      if (stopped || saving.value.size > 0) return;
      if (JSON.stringify(fresh) !== JSON.stringify(settings.value)) settings.value = fresh;
      failed.value = undefined;
    } catch (error) {
      if (error instanceof RefusedCall && error.status === 401) location.reload();
      failed.value = sentenceOfError(error);
    }
  };

  const save = async (key: string, path: string, body: object): Promise<void> => {
    saving.value = new Set([...saving.value, key]);
    try {
      settings.value = await call<Settings>(path, { body });
    } catch (error) {
      say(sentenceOfError(error));
    } finally {
      const rest = new Set(saving.value);
      rest.delete(key);
      saving.value = rest;
    }
  };

  const timer = setInterval(() => void read(), EVERY_MS);
  const look = (): void => void read();
  addEventListener('focus', look);
  void read();

  return {
    settings,
    failed,
    saving,
    setCobrowsing: (on) => void save(SYSTEM, '/console/api/settings/cobrowsing', { on }),
    setAgent: (name, on) =>
      void save(name, `/console/api/settings/agents/${encodeURIComponent(name)}`, { cobrowsing: on }),
    answerBlocked: (site, answer) =>
      void save(site, `/console/api/settings/sites/${encodeURIComponent(site)}/blocked`, answer),
    stop() {
      stopped = true;
      clearInterval(timer);
      removeEventListener('focus', look);
    },
  };
}
