/** Reads a QR code off the page as a phone's camera would: from its pixels. */
import jsqr from 'jsqr';
import type { Locator } from 'playwright-core';

/** jsqr is CommonJS that pretends to have a default export. */
const { default: read } = jsqr as unknown as { default: typeof jsqr.default };

interface Pixels {
  width: number;
  height: number;
  bytes: number[];
}

export async function scan(code: Locator): Promise<string | null> {
  const png = (await code.screenshot()).toString('base64');
  // A page of its own, since the dashboard's policy loads nothing; the browser knows how to read its own pictures.
  const blank = await code.page().context().newPage();
  const { width, height, bytes } = await blank.evaluate<Pixels>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png}';
    await image.decode();
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return { width, height, bytes: [...canvas.getImageData(0, 0, width, height).data] };
  })()`);
  await blank.close();
  return read(Uint8ClampedArray.from(bytes), width, height)?.data ?? null;
}
