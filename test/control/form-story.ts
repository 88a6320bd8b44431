// One story for the forms of all frameworks: an agent fills the form in by mouse and keyboard, the customer does nothing.
import { expect, it } from 'vitest';
import { word } from '../e2e/words.ts';
import type { ControlStage } from './stage.ts';
import { compose } from './writing.ts';

/** What the page's own state must hold after a step; the rest is not looked at. */
type State = Record<string, unknown>;

/**
 * Declares the tests of a form at `/form`, which keeps its state in `window.state`. They build on one another.
 * @param control gives the stage, once it is there
 */
export function describeForm(control: () => ControlStage): void {
  const holds = async (state: State): Promise<void> => {
    const leader = await control().leader();
    await expect
      .poll(async () => (await leader.evaluate('state')) as State, { timeout: 8000 })
      .toMatchObject(state);
  };

  it('text is changed by the form while it is typed, and the caret stays where the agent put it', async () => {
    const { hand, agree, open } = control();
    await open('/form');
    await hand.click('[name=name]');
    await hand.type('Ada l');
    await holds({ name: 'ADA L' });
    await hand.press('Home', 'B', 'C', 'ArrowRight', 'ArrowRight', 'Backspace');
    await holds({ name: 'BCAA L' });
    await hand.press('Control+a', 'Delete');
    await holds({ name: '' });
    await hand.type('Ada');
    await hand.press('Tab');
    await hand.type('123456789a0');
    await holds({ name: 'ADA', code: '1234 5678 90' });
    await agree();
  });

  it('messages come and go as fields are left', async () => {
    const { hand, mirror, agree } = control();
    await hand.click('[name=email]');
    await hand.type('ada');
    await hand.press('Tab');
    await mirror.locator('#email-error').waitFor();
    await hand.press('Shift+Tab', 'End');
    await hand.type('@example.com');
    await mirror.locator('#email-error').waitFor({ state: 'detached' });
    await holds({ email: 'ada@example.com' });
    await agree();
  });

  it('numbers, sliders and dates go by keys', async () => {
    const { hand, agree } = control();
    await hand.click('[name=amount]', { on: { x: 0.2, y: 0.5 } });
    await hand.press('ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowUp');
    await holds({ amount: 3 });
    await hand.press('Backspace');
    await hand.type('7');
    await holds({ amount: 7 });
    await hand.click('[name=level]', { on: { x: 0.75, y: 0.5 } });
    const leader = await control().leader();
    await expect.poll(() => leader.evaluate('state.level > 70 && state.level < 80')).toBe(true);
    await hand.press('Home', 'ArrowRight', 'ArrowRight', 'PageUp');
    await holds({ level: 12 });
    await hand.press('Tab');
    await hand.type('24122026');
    await holds({ day: '2026-12-24' });
    await hand.press('ArrowDown');
    await holds({ day: '2025-12-24' });
    await agree();
  });

  it('choices go by mouse and by keys', async () => {
    const { hand, agree, agent } = control();
    await hand.click('[name=fruit]');
    await agent.page
      .frameLocator(`iframe[title="${word('view.title')}"]`)
      .getByRole('option', { name: 'Pear' })
      .click();
    await holds({ fruit: 'pear' });
    await hand.press('q');
    await holds({ fruit: 'quince' });
    await hand.press('ArrowUp', 'ArrowUp');
    await holds({ fruit: 'apple' });
    await hand.click('[name=tags] option:nth-child(1)');
    await holds({ tags: ['red'] });
    await hand.click('[name=tags] option:nth-child(3)', { holding: ['Control'] });
    await holds({ tags: ['red', 'blue'] });
    await hand.press('ArrowUp');
    await holds({ tags: ['green'] });
    await agree();
    await hand.click('#small');
    await holds({ size: 'small' });
    await hand.press('ArrowDown');
    await holds({ size: 'large' });
    await hand.click('[name=gift]');
    await hand.type('For Wanda');
    await holds({ gift: 'For Wanda' });
    await agree();
  });

  it('a text of several lines, a paste, an undo', async () => {
    const { hand, agree, agent } = control();
    await hand.click('[name=notes]');
    await hand.type('one\ntwo');
    await agent.page.evaluate(() => navigator.clipboard.writeText(' and three'));
    await hand.press('Control+v', 'Tab');
    await holds({ notes: 'one\ntwo and three' });
    await hand.press('Shift+Tab', 'Control+z', 'Tab');
    await holds({ notes: 'one\ntwo' });
    await agree();
  });

  it('what an input method composes arrives once', async () => {
    const { hand, agree } = control();
    await hand.click('[name=name]', { on: { x: 0.9, y: 0.5 } });
    await compose(control(), 'にほん');
    await compose(control(), 'ご');
    await holds({ name: 'ADAにほんご' });
    await hand.click('[name=notes]', { on: { x: 0.9, y: 0.8 } });
    await hand.press('Control+a');
    await compose(control(), '日本');
    await hand.press('Tab');
    await holds({ notes: '日本' });
    await agree();
  });

  it('a file is the customer’s to choose: the agent is told', async () => {
    const { hand, agent } = control();
    await hand.click('[name=file]', { on: { x: 0.1, y: 0.5 } });
    await agent.page
      .frameLocator(`iframe[title="${word('view.title')}"]`)
      .getByText(word('reason.file-chooser'))
      .waitFor();
  });

  it('the form is sent by Enter and by its button, once what is wrong is right', async () => {
    const { hand, agree, mirror, errors } = control();
    await hand.click('[name=name]');
    await hand.press('Enter');
    await mirror.locator('#agree-error').waitFor();
    await holds({ sent: 0 });
    await hand.click('[name=agree]');
    await holds({ agree: true });
    await hand.press('Space');
    await holds({ agree: false });
    await hand.press('Space', 'Tab', 'Enter');
    await holds({ agree: true, sent: 1 });
    await hand.click('[name=name]');
    await hand.press('Enter');
    await holds({ sent: 2 });
    await hand.click('#send');
    await holds({ sent: 3 });
    await mirror.getByText('Sent 3 times').waitFor();
    await agree();
    expect(errors).toEqual([]);
  });
}
