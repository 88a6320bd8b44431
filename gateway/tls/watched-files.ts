// Looks at files now and then, and tells when one was written or replaced (also behind a symbolic link, as certbot does it).
import { stat } from 'node:fs/promises';

/** Between two looks. A change counts when two looks in a row agree, so that half-written files are left alone. */
const LOOK_EVERY_MS = 1_000;

/** @param files asked at each look: what is watched may change */
export function startWatchingFiles(
  files: () => readonly string[],
  changed: () => Promise<void>,
  every = LOOK_EVERY_MS,
): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let told: string | undefined;
  let last: string | undefined;
  const look = async (): Promise<void> => {
    const marks = await Promise.all(files().map(markOf));
    const now = marks.join('\n');
    told ??= now;
    const settled = now === last;
    last = now;
    if (stopped || !settled || now === told) return;
    told = now;
    await changed();
  };
  const again = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().finally(again), every).unref();
  };
  void look().finally(again);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Changes whenever the file was written or replaced. */
async function markOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${file} ${dev}:${ino}:${size}:${mtimeNs}`;
  } catch (error) {
    return `${file} ${(error as NodeJS.ErrnoException).code}`;
  }
}
