// A drawing pad: strokes by pointer events, every coalesced point of them, with pressure.
interface Point {
  x: number;
  y: number;
  pressure: number;
}

const pad = document.createElement('canvas');
Object.assign(pad, { id: 'pad', width: 600, height: 300 });
pad.style.cssText = 'border: 1px solid #888; touch-action: none';
document.querySelector('#root')!.append(pad);
const context = pad.getContext('2d')!;
const strokes: Point[][] = [];
let stroke: Point[] | undefined;

const pointOf = (event: PointerEvent): Point => ({
  x: event.offsetX,
  y: event.offsetY,
  pressure: event.pressure,
});

pad.addEventListener('pointerdown', (event) => {
  pad.setPointerCapture(event.pointerId);
  stroke = [pointOf(event)];
  strokes.push(stroke);
});
pad.addEventListener('pointermove', (event) => {
  if (!stroke) return;
  for (const each of event.getCoalescedEvents()) {
    const from = stroke.at(-1)!;
    const to = pointOf(each);
    stroke.push(to);
    context.lineWidth = 1 + 6 * to.pressure;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
});
for (const type of ['pointerup', 'pointercancel'] as const)
  pad.addEventListener(type, () => {
    stroke = undefined;
  });

Object.assign(window, { strokes });
