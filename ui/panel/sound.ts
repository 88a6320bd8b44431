// A short, soft sound for a new message; made here, so that there is no file to load.

/** Two quiet notes, a quarter of a second. Does nothing where the browser allows no sound yet. */
export function playMessageSound(): void {
  try {
    const context = new AudioContext();
    const gain = context.createGain();
    gain.connect(context.destination);
    gain.gain.setValueAtTime(0.0001, context.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.06, context.currentTime + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.25);
    for (const [frequency, at] of [
      [587, 0],
      [784, 0.09],
    ] as const) {
      const note = context.createOscillator();
      note.frequency.value = frequency;
      note.connect(gain);
      note.start(context.currentTime + at);
      note.stop(context.currentTime + 0.25);
    }
    setTimeout(() => void context.close(), 400);
  } catch {
    // No audio device: the badge says the same.
  }
}
