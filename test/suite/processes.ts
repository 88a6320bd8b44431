// Programs of the applications: started in a group of their own, waited for, and stopped with all their children.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface Program {
  stop(): Promise<void>;
}

const READY_MS = 60_000;
const STOP_MS = 5_000;

/**
 * @param ready the port that must take connections, or a question that is asked until it is answered with true
 * @throws Error with the program's last words when it ends or is not ready within a minute
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    ready: (() => Promise<boolean>) | string;
  },
): Promise<Program> {
  const { cwd, env = {}, ready } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let words = '';
  const listen = (part: Buffer): void => {
    words = (words + part.toString()).slice(-4000);
    if (process.env.SUITE_LOG) process.stderr.write(part);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const answers = async (): Promise<boolean> =>
    typeof ready === 'string'
      ? await fetch(ready, { redirect: 'manual' }).then(
          ({ status }) => status < 500,
          () => false,
        )
      : await ready().catch(() => false);
  const end = Date.now() + READY_MS;
  while (!(await answers())) {
    if (failure || child.exitCode !== null || Date.now() > end) {
      await stopProgram(child);
      throw new Error(`${command} was not ready: ${failure?.message ?? words.slice(-1500)}`);
    }
    await delay(200);
  }
  return { stop: () => stopProgram(child) };
}

async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const signal = (name: NodeJS.Signals): boolean => {
    try {
      return process.kill(-child.pid!, name);
    } catch {
      // The whole group is gone.
      return false;
    }
  };
  signal('SIGTERM');
  const end = Date.now() + STOP_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < end) await delay(50);
  signal('SIGKILL');
}
