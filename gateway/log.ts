// The log: JSON lines; credentials and typed values never get in (security.md 2.8).
import { type Logger, pino } from 'pino';

export type Log = Logger;

/** @param level `silent` in tests, `info` by default. */
export function createLog(level: string = process.env.TANDEM_LOG ?? 'info'): Log {
  return pino({
    level,
    base: null,
    redact: {
      paths: [
        'token',
        'ticket',
        'pass',
        'cookie',
        'password',
        '*.token',
        '*.cookie',
        '*.authorization',
        '*.password',
      ],
      censor: '…',
    },
  });
}
