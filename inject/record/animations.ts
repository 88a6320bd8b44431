// Web Animations as scripts drive them, and the phase of CSS animations, which followers' browsers run by themselves.
import { isMovement } from '../../protocol/masking.ts';
import type { AnimationState, Op } from '../../protocol/nodes.ts';
import type { Known } from './known-tree.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

/** Animations of one document that are told; the rest of a firework nobody would miss. */
const MAX_TOLD = 500;
const MAX_KEYFRAMES = 100;
/** A difference in phase that nobody sees, ms. */
const CLOSE_ENOUGH = 60;

const USUAL: Record<string, string> = { easing: 'linear', composite: 'replace' };

/**
 * Elements that script animates: out of the document they are not found, and may come back with their animations, after
 * `document.open` too.
 */
const animated = new WeakSet<Element>();

interface Told {
  number: number;
  id: number;
  at: number;
  state: AnimationState;
  /** What went out last; of several looks between two flushes only the last one's does. */
  said?: Told | undefined;
}

export function startAnimations(recording: Recording): Observer {
  const { hooks, dom, tree } = recording;
  const told = new Map<Animation, Told>();
  const heard = new WeakSet<Animation>();
  let nextNumber = 1;
  let dirty = false;
  /** Some belong to elements that are not sent yet. */
  let early = false;
  const touch = (): void => {
    dirty = true;
    recording.lookSoon();
  };
  hooks.afterCall('Element', ['animate'], (self) => {
    animated.add(self as Element);
    touch();
  });
  hooks.afterCall(
    'Animation',
    'play pause finish cancel reverse updatePlaybackRate persist'.split(' '),
    touch,
  );
  hooks.afterSet('Animation', 'currentTime startTime playbackRate effect timeline'.split(' '), touch);
  hooks.afterCall('AnimationEffect', ['updateTiming'], touch);
  hooks.afterCall('KeyframeEffect', ['setKeyframes'], touch);
  hooks.afterSet('KeyframeEffect', ['target', 'composite', 'pseudoElement'], touch);

  const look = (): void => {
    dirty = false;
    early = false;
    const live = new Set<Animation>();
    for (const root of recording.roots)
      for (const animation of root.getAnimations()) if (live.size < MAX_TOLD) live.add(animation);
    for (const animation of live) if (!tell(animation)) live.delete(animation);
    for (const [animation, { id, number }] of told) {
      if (live.has(animation)) continue;
      told.delete(animation);
      recording.say(`animation ${number}`, () => ['animate', id, number, undefined]);
    }
  };
  /** @returns whether it is one that followers get */
  const tell = (animation: Animation): boolean => {
    const effect = animation.effect as KeyframeEffect | null;
    hooks.reach(animation);
    if (effect) hooks.reach(effect);
    const { timeline } = animation;
    // What is tied to scrolling runs by CSS where it can; transitions follow from what changed.
    if (
      !effect?.target ||
      !timeline ||
      'axis' in timeline ||
      'transitionProperty' in animation ||
      effect.pseudoElement?.startsWith('::view-transition')
    )
      return false;
    animated.add(effect.target);
    const known = tree.of(effect.target);
    early ||= !known;
    if (!known || known.mask === 2) return false;
    // Where it stops is known only a frame later.
    if (animation.pending) void animation.ready.then(touch, touch);
    const state = stateOf(animation, effect, known);
    const now = dom.now();
    const before = told.get(animation);
    const same = before && before.id === known.id && isSame(before, state, now);
    if (same) return true;
    const number = before?.number ?? nextNumber++;
    const entry: Told = { number, id: known.id, at: now, state, said: before?.said };
    told.set(animation, entry);
    if (!heard.has(animation)) {
      heard.add(animation);
      for (const type of ['finish', 'cancel', 'remove']) animation.addEventListener(type, touch);
    }
    recording.say(`animation ${number}`, (): Op => {
      const sent = { ...state };
      const { said } = entry;
      if (said?.id === known.id) {
        if (JSON.stringify(said.state.keyframes) === JSON.stringify(state.keyframes)) delete sent.keyframes;
        if (JSON.stringify(said.state.timing) === JSON.stringify(state.timing)) delete sent.timing;
      }
      entry.said = entry;
      return ['animate', known.id, number, sent];
    });
    return true;
  };
  const stateOf = (animation: Animation, effect: KeyframeEffect, known: Known): AnimationState => {
    const { currentTime, playbackRate, playState } = animation;
    const state: AnimationState = { rate: playbackRate, play: playState };
    // Exactly: one that is just before its end is in effect, and at its end it may not be.
    if (typeof currentTime === 'number') state.time = currentTime;
    if (effect.pseudoElement) state.pseudo = effect.pseudoElement;
    if ('animationName' in animation) {
      state.css = (animation as CSSAnimation).animationName.slice(0, 200);
      return state;
    }
    const { composite } = effect;
    state.keyframes = effect
      .getKeyframes()
      .slice(0, MAX_KEYFRAMES)
      .map((keyframe) => {
        const pairs = ['offset', String(keyframe.computedOffset)];
        for (const [name, value] of Object.entries(keyframe)) {
          const text = name === 'composite' && value === 'auto' ? composite : String(value);
          if (/^(?:offset|computedOffset)$/.test(name) || text === USUAL[name]) continue;
          if (text.length > 4_000 || pairs.length > 190 || (known.mask && !isMovement(name))) continue;
          pairs.push(name, text);
        }
        return pairs;
      });
    const { delay, endDelay, duration, iterations, iterationStart, direction, fill, easing } =
      effect.getTiming();
    const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
    state.timing = {
      delay: number(delay),
      endDelay: number(endDelay),
      duration: number(duration),
      iterationStart: number(iterationStart),
      direction: direction!,
      fill: fill!,
      easing: easing!.slice(0, 1_000),
    };
    if (Number.isFinite(iterations)) state.timing.iterations = iterations!;
    return state;
  };

  return {
    ...listenOnRoots(['animationstart', 'animationend', 'animationcancel'], touch),
    element(element, _tag, _known, isForeign) {
      if (!dirty && (isForeign || early || told.size > 0 || animated.has(element))) touch();
    },
    look() {
      if (dirty) look();
    },
    restate() {
      told.clear();
      touch();
    },
  };
}

/** Whether a follower's one, left to itself, would be there too. */
function isSame({ state: before, at }: Told, state: AnimationState, now: number): boolean {
  const expected = (before.time ?? 0) + (before.play === 'running' ? (now - at) * before.rate : 0);
  return (
    before.play === state.play &&
    before.rate === state.rate &&
    Math.abs(expected - (state.time ?? 0)) <= (state.play === 'running' ? CLOSE_ENOUGH : 0) &&
    JSON.stringify([before.keyframes, before.timing]) === JSON.stringify([state.keyframes, state.timing])
  );
}
