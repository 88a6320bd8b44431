// An Angular form filled in by the agent alone, with his mouse and keyboard.
import { afterAll, beforeAll, describe } from 'vitest';
import { describeForm } from './form-story.ts';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { form: 'angular-form/main.js' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

describe('an Angular form', () => describeForm(() => control));
