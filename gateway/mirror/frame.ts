// One frame of the shared page in the gateway: which document is in it, how much of it has come, and whether all agree about it.
import { Asides, openingAsides } from '../../protocol/asides.ts';
import type { MirrorFrame } from '../../protocol/mirror-messages.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import { type Account, accountOf, repairOps } from '../../protocol/repair.ts';
import { type FrameDeps, MirroredDocument, type Opened } from './document.ts';
import { rehashReceived } from './emit.ts';
import { malformed } from './malformed.ts';
import { Parts } from './parts.ts';
import { sharesOf } from './shares.ts';
import { RowBuilder } from './splices.ts';
import { Taking } from './taking.ts';
import { Telling } from './telling.ts';
import { type FrameTree, NONE, type Slot } from './tree.ts';

export class Frame {
  readonly number: number;
  readonly top: boolean;
  readonly nonce: string;
  /** The snapshot has come whole. */
  complete = false;
  /** Frame and iframe element it hangs in, once both have said so. */
  parent: [frame: number, node: NodeId] | undefined;
  /** Number of the last fact that was taken or skipped. */
  seq: number;

  readonly #document: MirroredDocument;
  /** What the recorder said beside the nodes. */
  readonly #asides = new Asides();
  readonly #taking: Taking;
  readonly #telling: Telling;
  readonly #builder: RowBuilder;
  readonly #parts = new Parts();
  #nextId = 1;

  constructor(number: number, top: boolean, fact: Opened, deps: FrameDeps) {
    this.number = number;
    this.top = top;
    this.nonce = fact.nonce;
    this.seq = fact.seq ?? 0;
    for (const op of openingAsides(fact)) this.#asides.note(op);
    this.#document = new MirroredDocument(number, fact, deps);
    this.#telling = new Telling(this.#document);
    this.#taking = new Taking(this.#document, this.#asides, this.#telling);
    this.#builder = new RowBuilder(this.tree, true);
  }

  get tree(): FrameTree {
    return this.#document.tree;
  }

  get url(): string {
    return this.#document.url;
  }

  get title(): string {
    return this.#document.title;
  }

  /** Frames named by iframe elements of this document: nonce → element. */
  get nested(): ReadonlyMap<string, NodeId> {
    return this.#document.nested;
  }

  /** Followers have it. */
  get shown(): boolean {
    return this.#telling.shown;
  }

  /** Frees what it holds of the session's budget. */
  dispose(): void {
    this.#document.dispose();
  }

  /** Takes a slice of the snapshot. True when it was the last. @throws {Refused} `malformed`; TreeTooLarge */
  takeSlice(fact: Extract<PageFact, { type: 'frame.snapshot' }>): boolean {
    if (this.complete) throw malformed('a snapshot after its last slice');
    if (fact.first !== this.#nextId) throw malformed('a slice out of order');
    for (const row of fact.rows)
      if (typeof row === 'number') throw malformed('an existing node in a snapshot');
    const { tree } = this;
    this.#builder.add(fact.first, fact.rows);
    // Slice by slice, so that a large document does not keep the other sessions waiting at its end.
    for (let id = this.#nextId; id < fact.first + fact.rows.length; id++)
      this.#document.mask(tree.get(id), true);
    for (const slot of this.#builder.takeDone()) rehashReceived(tree, slot);
    this.#nextId += fact.rows.length;
    if (!fact.last) return false;
    if (
      !this.#builder.complete ||
      this.#builder.tops.length !== 1 ||
      tree.root === NONE ||
      tree.tag(tree.root) !== '#document'
    )
      throw malformed('a snapshot that is no document');
    this.complete = true;
    return true;
  }

  /** Puts the parts of a long batch together; undefined while more is to come. @throws {Refused} `malformed` */
  collect(fact: Extract<PageFact, { type: 'frame.changed' | 'frame.repaired' }>): Op[] | undefined {
    return this.#parts.collect(fact.ops, fact.more === true);
  }

  /** Forgets the parts of a batch that will not be whole. */
  dropParts(): void {
    this.#parts.drop();
  }

  /**
   * Applies a batch of the recorder.
   * @param onFrameGone hears of iframe elements that are gone
   * @returns batches for followers, one message each; none while the frame is not shown
   * @throws {Refused} `malformed`; TreeTooLarge
   */
  takeOps(ops: readonly Op[], onFrameGone: (node: NodeId) => void): Op[][] {
    if (!this.complete) throw malformed('changes before the snapshot');
    const batch = this.#telling.begin();
    this.#taking.takeAll(ops, batch, onFrameGone);
    return this.#telling.finish(batch);
  }

  /**
   * Brings the document to what the recorder said again of some ranges of ids.
   * @param account what it was asked with
   * @returns as {@link takeOps} @throws {Unrepairable | Refused}; the document is of no use then
   */
  takeRepair(
    said: readonly Op[],
    ranges: readonly number[],
    { width }: Account,
    onFrameGone: (node: NodeId) => void,
  ): Op[][] {
    const { tree } = this;
    this.#document.looks.dropUnderWay();
    const slotOf = (id: NodeId): Slot => tree.get(id);
    const ops = repairOps(said, new Set(ranges), width, {
      tag: (id) => {
        const slot = tree.find(id);
        return slot === undefined ? undefined : tree.tag(slot);
      },
      text: (id) => tree.text(slotOf(id)),
      attributes: (id) => tree.attributes(slotOf(id)),
      props: (id) => tree.props(slotOf(id)),
      children: (id) => tree.childIds(slotOf(id)),
      asides: this.#asides,
    });
    tree.bringsBack = true;
    try {
      return this.takeOps(ops, onFrameGone);
    } finally {
      tree.bringsBack = false;
    }
  }

  /** The digest of all that the recorder said. */
  get saidDigest(): number {
    return (this.tree.receivedDigest + this.#asides.digest) | 0;
  }

  /** What came of the recorder's document, for it to compare. */
  account(): Account {
    return accountOf(sharesOf(this.tree, this.tree.received, this.#asides), this.tree.highestId);
  }

  /** The digest of all that followers were told. */
  get toldDigest(): number {
    return this.#telling.digest;
  }

  /** The whole document for followers who have nothing of it. */
  emitWhole(): MirrorFrame {
    const frame: MirrorFrame = {
      frame: this.number,
      ...this.#telling.whole(),
      digest: this.toldDigest,
    };
    if (this.parent) frame.parent = this.parent;
    return frame;
  }

  /** What followers were told of the ranges in which theirs differs; undefined when it is too much. */
  sayAgain(theirs: Account): { ops: Op[]; ranges: number[] } | undefined {
    return this.#telling.again(theirs);
  }

  /** Followers have nothing of it any more. */
  withdraw(): void {
    this.#telling.withdraw();
  }
}
