// Late answers of the gateway: what is shown is behind then, until they come in time again.
import { expect, it } from 'vitest';
import { watchAnswers } from '../../../ui/session/late-answers.ts';

it('are noticed when one has not come before the next is asked for, and over when one comes in time', () => {
  const { late, asked, answered } = watchAnswers();
  asked();
  answered(80);
  asked();
  expect(late.value).toBe(false);
  asked();
  expect(late.value).toBe(true);
  answered(3_000);
  expect(late.value).toBe(true);
  asked();
  answered(900);
  expect(late.value).toBe(false);
});

it('are no matter while the link is down', () => {
  const { late, asked, forget } = watchAnswers();
  asked();
  asked();
  forget();
  expect(late.value).toBe(false);
  asked();
  expect(late.value).toBe(false);
});
