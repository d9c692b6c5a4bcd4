/** What a phone's camera makes of a QR code that stands on a terminal. */
import jsqr from 'jsqr';

/** jsqr is CommonJS that pretends to have a default export. */
const { default: read } = jsqr as unknown as { default: typeof jsqr.default };

/** Half blocks are two pixels each. */
export function scan(seen: string): string | undefined {
  const rows = seen.split('\n').filter((line) => /^[█▀▄ ]{40,}$/.test(line));
  const width = Math.max(...rows.map((row) => row.length));
  const scale = 4;
  const size = { width: width * scale, height: rows.length * 2 * scale };
  const pixels = new Uint8ClampedArray(size.width * size.height * 4).fill(255);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const row = Math.floor(y / scale);
      const sign = rows[Math.floor(row / 2)]?.[Math.floor(x / scale)] ?? ' ';
      const isLit = sign === '█' || sign === (row % 2 ? '▄' : '▀');
      pixels.fill(isLit ? 255 : 0, (y * size.width + x) * 4, (y * size.width + x) * 4 + 3);
    }
  return read(pixels, size.width, size.height)?.data;
}
