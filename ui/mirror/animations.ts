// Web Animations as the leader's page drives them, and CSS animations put into his phase.
import type { AnimationState, NodeId } from '../../protocol/nodes.ts';

/** A difference in phase that nobody sees, ms. */
const CLOSE_ENOUGH = 60;

interface Told {
  node: Element;
  state: AnimationState;
  at: number;
  made?: Animation;
}

export class Animations {
  readonly #told = new Map<NodeId, Map<number, Told>>();

  show(id: NodeId, node: Element, number: number, state: AnimationState | undefined): void {
    let all = this.#told.get(id);
    const before = all?.get(number);
    if (!state) {
      before?.made?.cancel();
      all?.delete(number);
      return;
    }
    all ??= new Map();
    this.#told.set(id, all);
    const told: Told = { ...before, node, state, at: performance.now() };
    all.set(number, told);
    try {
      if (state.css === undefined) make(told, state);
      else this.#adjust(told);
    } catch {
      // A property or easing that this browser does not know.
    }
  }

  /** A CSS animation began here: it may have begun at the leader long before. */
  started(node: EventTarget | null): void {
    for (const all of this.#told.values())
      for (const told of all.values()) if (told.node === node && told.state.css) this.#adjust(told);
  }

  #adjust({ node, state, at }: Told): void {
    for (const animation of node.getAnimations({ subtree: state.pseudo !== undefined }) as CSSAnimation[])
      if (
        animation.animationName === state.css &&
        (animation.effect as KeyframeEffect).pseudoElement === (state.pseudo ?? null)
      )
        setPhase(animation, state, performance.now() - at);
  }

  gone(id: NodeId): void {
    this.#told.delete(id);
  }
}

function make(told: Told, { keyframes, timing, pseudo, ...state }: AnimationState): void {
  const frames = keyframes?.map((pairs) => {
    const frame: Record<string, string | number> = {};
    for (let i = 0; i < pairs.length; i += 2) frame[pairs[i]!] = pairs[i + 1]!;
    frame.offset = Number(frame.offset);
    return frame;
  });
  const options = timing && { ...timing, iterations: timing.iterations ?? Number.POSITIVE_INFINITY };
  if (!told.made) {
    told.made = told.node.animate(frames ?? [], { ...options, ...(pseudo ? { pseudoElement: pseudo } : {}) });
    // Which of several that have ended makes way for another is for the leader's browser to say.
    told.made.persist();
  } else {
    const effect = told.made.effect as KeyframeEffect;
    if (frames) effect.setKeyframes(frames);
    if (options) effect.updateTiming(options);
  }
  setPhase(told.made, state, 0);
}

function setPhase(animation: Animation, { time, rate, play }: AnimationState, since: number): void {
  if (animation.playbackRate !== rate) animation.playbackRate = rate;
  if (play === 'idle') {
    animation.cancel();
    return;
  }
  if (play === 'paused') animation.pause();
  else if (animation.playState !== play) animation.play();
  if (time === undefined) return;
  const now = time + (play === 'running' ? since * rate : 0);
  if (play !== 'running' || Math.abs(now - Number(animation.currentTime)) > CLOSE_ENOUGH)
    animation.currentTime = now;
}
