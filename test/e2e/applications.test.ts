// Some of the suite's applications that are quickly had: each flow that works directly works in a session, and the agent sees the same.
import { describe, expect, it } from 'vitest';
import type { Application } from '../suite/application.ts';
import { socketIo } from '../suite/applications/socket-io.ts';
import { svgedit } from '../suite/applications/svgedit.ts';
import { runApplication } from '../suite/run/run-application.ts';

const MINUTES = 60_000;

describe.each<[string, Application]>([
  ['a drawing program of web components', svgedit],
  ['a single page that talks by WebSocket to another host', socketIo],
])('%s', (_kind, application) => {
  it(
    `${application.title} works as it does without us`,
    async ({ skip }) => {
      const lines: string[] = [];
      const { missing, ways } = await runApplication(application, ['direct', 'tandem'], (line) =>
        lines.push(line),
      );
      skip(missing !== undefined, missing);
      const [direct, tandem] = ways;
      const failed = (way: typeof direct) => way?.flows.filter(({ failure }) => failure);
      expect(failed(direct)).toEqual([]);
      expect(failed(tandem)).toEqual([]);
      expect(tandem?.flows.flatMap(({ differences }) => differences)).toEqual([]);
      expect(tandem?.leaks).toEqual([]);
    },
    6 * MINUTES,
  );
});
