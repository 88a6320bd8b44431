// Who holds control: decided once, by the store, and taken back whatever else is under way.
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Control, type ControlRecord, type ControlStore } from '../../../gateway/session/control.ts';

/** A store whose writes wait until they are let through. */
function slowStore(kept: ControlRecord = { holder: 'ada', epoch: 1 }) {
  const waiting: (() => void)[] = [];
  const state = { kept, swaps: 0 };
  const store: ControlStore = {
    async swap(expect, next) {
      await new Promise<void>((go) => waiting.push(go));
      state.swaps++;
      if (state.kept.epoch !== expect) return state.kept;
      state.kept = next;
      return undefined;
    },
  };
  return {
    state,
    store,
    /** Lets everything through that waits, and what follows from it. */
    async flow() {
      for (let round = 0; round < 20; round++) {
        await turn();
        for (const go of waiting.splice(0)) go();
      }
    },
  };
}

describe('giving', () => {
  it('counts once the store has it, not before', async () => {
    const { store, state, flow } = slowStore();
    const control = new Control('ada', undefined, store);
    const given = control.give('anna');
    await turn();
    expect(control.holder).toBe('ada');
    await flow();
    expect(await given).toBe(true);
    expect(control.record).toEqual({ holder: 'anna', epoch: 2 });
    expect(state.kept).toEqual({ holder: 'anna', epoch: 2 });
  });

  it('to two at once makes one holder', async () => {
    const { store, state, flow } = slowStore();
    const control = new Control('ada', undefined, store);
    const both = Promise.all([control.give('anna'), control.give('carl')]);
    await flow();
    expect(await both).toEqual([true, false]);
    expect(control.record).toEqual({ holder: 'anna', epoch: 2 });
    expect(state.kept).toEqual(control.record);
  });

  it('on two nodes at once makes one holder, and both know him', async () => {
    const { store, state, flow } = slowStore();
    const [one, other] = [new Control('ada', undefined, store), new Control('ada', undefined, store)];
    const both = Promise.all([one.give('anna'), other.give('carl')]);
    await flow();
    expect((await both).filter(Boolean)).toHaveLength(1);
    expect(one.record).toEqual(state.kept);
    expect(other.record).toEqual(state.kept);
  });

  it('fails when the store is away, and nobody has got it', async () => {
    const control = new Control('ada', undefined, { swap: () => Promise.reject(new Error('away')) });
    await expect(control.give('anna')).rejects.toThrow('away');
    expect(control.holder).toBe('ada');
  });
});

describe('taking back', () => {
  it('is in force at once, and written after', async () => {
    const { store, state, flow } = slowStore({ holder: 'anna', epoch: 4 });
    const control = new Control('ada', { holder: 'anna', epoch: 4 }, store);
    control.takeBack();
    expect(control.record).toEqual({ holder: 'ada', epoch: 5 });
    await flow();
    expect(state.kept).toEqual({ holder: 'ada', epoch: 5 });
  });

  it('is in force while the store is away', async () => {
    const control = new Control(
      'ada',
      { holder: 'anna', epoch: 4 },
      { swap: () => Promise.reject(new Error('away')) },
    );
    control.takeBack();
    await control.settled();
    expect(control.holder).toBe('ada');
  });

  it('stands over a giving that is being written', async () => {
    const { store, state, flow } = slowStore();
    const control = new Control('ada', undefined, store);
    const given = control.give('anna');
    await turn();
    control.takeBack();
    await flow();
    expect(await given).toBe(false);
    expect(control.holder).toBe('ada');
    expect(state.kept).toEqual(control.record);
    expect(control.epoch).toBeGreaterThan(2);
  });

  it('stands over what another node gave meanwhile', async () => {
    const { store, state, flow } = slowStore({ holder: 'anna', epoch: 2 });
    const control = new Control('ada', { holder: 'anna', epoch: 2 }, store);
    state.kept = { holder: 'carl', epoch: 3 };
    control.takeBack();
    await flow();
    expect(state.kept).toEqual({ holder: 'ada', epoch: 4 });
    expect(control.record).toEqual(state.kept);
  });
});

describe('leaving', () => {
  it('of the holder gives nothing away that another node gave to somebody else', async () => {
    const { store, state, flow } = slowStore({ holder: 'anna', epoch: 2 });
    const control = new Control('ada', { holder: 'anna', epoch: 2 }, store);
    state.kept = { holder: 'carl', epoch: 3 };
    control.left('anna');
    expect(control.holder).toBe('ada');
    await flow();
    expect(state.kept).toEqual({ holder: 'carl', epoch: 3 });
    expect(control.record).toEqual(state.kept);
  });
});
