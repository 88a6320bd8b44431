// A React form filled in by the agent alone, with his mouse and keyboard.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { form: 'react-form/main.jsx' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

describe('a React form', () => {
  it('smoke', async () => {
    const { hand, agree } = control;
    await control.open('/form');
    await hand.click('[name=name]');
    await hand.type('Ada');
    await expect.poll(async () => (await control.leader()).evaluate('state.values.name')).toBe('ADA');
    await agree();
    await control.screenshot('react');
  });
});
