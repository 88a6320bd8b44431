// Map tiles as a tile server has them: each of a colour of its own, so that one can be told from the next.
import { PNG } from 'pngjs';
import type { Handler } from './site.ts';

const SIZE = 256;

/** Answers `?z=…&x=…&y=…` with a tile: a frame, and a colour that the three numbers decide. */
export const answerTile: Handler = (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://site');
  const [z, x, y] = ['z', 'x', 'y'].map((name) => Number(searchParams.get(name))) as [number, number, number];
  const png = new PNG({ width: SIZE, height: SIZE });
  for (let row = 0; row < SIZE; row++)
    for (let column = 0; column < SIZE; column++) {
      const isEdge = row < 2 || column < 2;
      png.data.set(
        isEdge
          ? [60, 60, 60, 255]
          : [90 + ((x * 40) % 160), 90 + ((y * 40) % 160), 60 + ((z * 30) % 180), 255],
        (row * SIZE + column) * 4,
      );
    }
  response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'max-age=600' });
  response.end(PNG.sync.write(png));
};
