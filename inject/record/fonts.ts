// Fonts that scripts add: their faces, and their bytes where the page made those itself.
import type { Op } from '../../protocol/nodes.ts';
import { MAX_BYTES } from './bytes.ts';
import type { Observer, Recording } from './recording.ts';

const DESCRIPTORS = {
  style: 'normal',
  weight: 'normal',
  stretch: 'normal',
  unicodeRange: 'U+0-10FFFF',
  featureSettings: 'normal',
  display: 'auto',
  ascentOverride: 'normal',
  descentOverride: 'normal',
  lineGapOverride: 'normal',
  sizeAdjust: '100%',
} as const;

interface Made {
  number: number;
  source: string | Blob;
}

/** Kept beyond a recorder: a face does not tell what it was made of. */
const made = new WeakMap<FontFace, Made>();
let nextNumber = 1;

export function startFonts(recording: Recording): Observer {
  const { hooks, window, document, bytes } = recording;
  hooks.afterConstruct('FontFace', (self, [, source]) => {
    made.set(self as FontFace, {
      number: nextNumber++,
      source: typeof source === 'string' ? source : new window.Blob([source as ArrayBuffer]),
    });
  });
  const tell = (face: FontFace): void => {
    const known = made.get(face);
    if (known)
      recording.say(face, () =>
        document.fonts.has(face) ? op(face, known) : ['font', known.number, undefined],
      );
  };
  const op = (face: FontFace, { number, source }: Made): Op => {
    let written = source;
    if (typeof written !== 'string') {
      const name = `tandem:font${number}`;
      written = `url("${name}")`;
      const blob = source as Blob;
      if (blob.size <= MAX_BYTES) void bytes.read(blob).then((text) => bytes.offer(name, text, () => true));
    } else bytes.seenIn(written);
    const descriptors: string[] = [];
    for (const [name, usual] of Object.entries(DESCRIPTORS)) {
      const value = face[name as keyof FontFace] as string | undefined;
      if (value !== undefined && value !== usual) descriptors.push(name, value.slice(0, 500));
    }
    return [
      'font',
      number,
      { family: face.family.slice(0, 500), source: written.slice(0, 8_000), descriptors },
    ];
  };
  const added = new Set<FontFace>();
  hooks.afterCall('FontFaceSet', ['add', 'delete', 'clear'], (self, [face]) => {
    if (self !== document.fonts) return;
    if (face) added.add(face as FontFace);
    for (const one of face ? [face as FontFace] : added) tell(one);
  });
  return {
    restate() {
      for (const face of added) tell(face);
    },
  };
}
