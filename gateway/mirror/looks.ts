// What of a document's looks is no node: bytes that the page made itself, animations and fonts, within limits.

import { goneOn, toldOn } from '../../protocol/animations.ts';
import { isMovement } from '../../protocol/masking.ts';
import type { AnimationState, ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import { rewriteFollowerCss } from './follower-css.ts';
import { malformed } from './malformed.ts';
import type { Resources } from './resources.ts';
import type { Surroundings } from './sanitise.ts';

/** Animations and fonts of one document; more are not shown. */
const MAX_ANIMATIONS = 2_000;
const MAX_FONTS = 200;
/** UTF-16 units of all keyframes of one document. */
const MAX_KEYFRAMES = 2 * 1024 * 1024;
/** Base64 units of one picture or font, and of all that are under way. */
const MAX_BYTES = 3 * 1024 * 1024;
const MAX_UNDER_WAY = 6 * 1024 * 1024;

type Face = Extract<Op, ['font', ...unknown[]]>[2];

interface Running {
  state: AnimationState;
  /** When it was told, ms: by then it has gone on. */
  at: number;
}

export class Looks {
  readonly #frame: number;
  readonly #resources: Resources;
  readonly #around: Surroundings;
  readonly #bytes = new Map<string, string[]>();
  #underWay = 0;
  readonly #animations = new Map<NodeId, Map<number, Running>>();
  #count = 0;
  #keyframes = 0;
  readonly #fonts = new Map<number, NonNullable<Face>>();
  /** When the playing state of a medium was told. */
  readonly #mediaAt = new Map<NodeId, number>();

  constructor(frame: number, resources: Resources, around: Surroundings) {
    this.#frame = frame;
    this.#resources = resources;
    this.#around = around;
  }

  /** @throws {Refused} `malformed` for more than a recorder sends at a time */
  takeBytes([, name, piece, more]: Extract<Op, ['bytes', ...unknown[]]>): void {
    if (!/^(?:blob|tandem):/i.test(name)) throw malformed('bytes without a name of their own');
    const pieces = this.#bytes.get(name) ?? [];
    pieces.push(piece);
    this.#underWay += piece.length;
    this.#bytes.set(name, pieces);
    if (more) {
      if (this.#underWay > MAX_UNDER_WAY || this.#bytes.size > 100) throw malformed('too many bytes at once');
      return;
    }
    this.#bytes.delete(name);
    const whole = pieces.join('');
    this.#underWay -= whole.length;
    const body = whole.length > MAX_BYTES || piece === '' ? Buffer.alloc(0) : Buffer.from(whole, 'base64');
    this.#resources.keepOwn(this.#frame, name, body);
  }

  /** Something was lost: what is under way begins again. */
  dropUnderWay(): void {
    this.#bytes.clear();
    this.#underWay = 0;
  }

  /** @returns whether it is kept */
  takeAnimation([, id, number, told]: Extract<Op, ['animate', ...unknown[]]>): boolean {
    const animations = this.#animations.get(id);
    const before = animations?.get(number);
    if (!told) {
      if (!before) return false;
      this.#keyframes -= weigh(before.state);
      this.#count--;
      animations!.delete(number);
      if (animations!.size === 0) this.#animations.delete(id);
      return true;
    }
    const state = toldOn(before?.state, told);
    const keyframes = this.#keyframes - (before ? weigh(before.state) : 0) + weigh(state);
    if ((!before && this.#count >= MAX_ANIMATIONS) || keyframes > MAX_KEYFRAMES) return false;
    this.#keyframes = keyframes;
    if (!before) this.#count++;
    if (animations) animations.set(number, { state, at: performance.now() });
    else this.#animations.set(id, new Map([[number, { state, at: performance.now() }]]));
    return true;
  }

  /** An animation as followers get it. Of a masked node only its movement is told. */
  animation(id: NodeId, number: number, masked: boolean): Op {
    const running = this.#animations.get(id)?.get(number);
    if (!running) return ['animate', id, number, undefined];
    const state = goneOn(running.state, performance.now() - running.at);
    const keyframes = state.keyframes?.map((keyframe) => this.#keyframe(keyframe, masked));
    return ['animate', id, number, keyframes ? { ...state, keyframes } : state];
  }

  #keyframe(pairs: readonly string[], masked: boolean): string[] {
    const out: string[] = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      const name = pairs[i]!;
      if (!/^[\w-]+$/.test(name) || (masked && !isMovement(name))) continue;
      out.push(name, rewriteFollowerCss(pairs[i + 1]!, this.#around.base, this.#around.resources));
    }
    return out;
  }

  takeFont([, number, face]: Extract<Op, ['font', ...unknown[]]>): void {
    if (!face) this.#fonts.delete(number);
    else if (this.#fonts.has(number) || this.#fonts.size < MAX_FONTS) this.#fonts.set(number, face);
  }

  font(number: number): Op {
    const face = this.#fonts.get(number);
    if (!face) return ['font', number, undefined];
    const { base, resources } = this.#around;
    return ['font', number, { ...face, source: rewriteFollowerCss(face.source, base, resources) }];
  }

  tookMedia(id: NodeId): void {
    this.#mediaAt.set(id, performance.now());
  }

  /** For a follower who comes later: fonts, animations where they are by now, and where media have got to. */
  whole(isMasked: (id: NodeId) => boolean | undefined, mediaOf: (id: NodeId) => ElementProps['media']): Op[] {
    const ops = [...this.#fonts.keys()].map((number) => this.font(number));
    for (const [id, animations] of this.#animations) {
      const masked = isMasked(id);
      if (masked === undefined) continue;
      for (const number of animations.keys()) ops.push(this.animation(id, number, masked));
    }
    for (const [id, at] of this.#mediaAt) {
      const media = mediaOf(id);
      if (!media || media.paused || isMasked(id) !== false) continue;
      const time = media.time + ((performance.now() - at) / 1_000) * (media.rate ?? 1);
      ops.push(['props', id, { media: { ...media, time: Math.max(0, time) } }]);
    }
    return ops;
  }

  /** A node is gone. */
  forget(id: NodeId): void {
    this.#mediaAt.delete(id);
    for (const number of [...(this.#animations.get(id)?.keys() ?? [])])
      this.takeAnimation(['animate', id, number, undefined]);
  }

  dispose(): void {
    this.#resources.forgetFrame(this.#frame);
    this.#bytes.clear();
    this.#animations.clear();
    this.#fonts.clear();
    this.#mediaAt.clear();
  }
}

function weigh({ keyframes }: AnimationState): number {
  let units = 0;
  for (const pairs of keyframes ?? []) for (const text of pairs) units += text.length;
  return units;
}
