// A photo as evidence: its SHA-256 is taken of the very bytes that are kept and sent, at the moment
// of capture and before anything else can touch them. Only a picture that the server would not take
// (too large, or of a kind it does not know) is redrawn first, and is marked so.
import type { KeptPhoto } from './shapes';

export const PHOTO_BYTES = 8 * 1024 * 1024;
const TAKEN = new Set(['image/jpeg', 'image/png', 'image/webp']);
/** Long side of a picture that is redrawn: enough to read a label on a parcel. */
const REDRAWN_PX = 3_000;

export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the first bytes say; a file's name or claimed type proves nothing. */
export function kindOf(bytes: ArrayBuffer): string | null {
  const head = new Uint8Array(bytes.slice(0, 12));
  const text = String.fromCharCode(...head);
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  if (text.startsWith('\x89PNG')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  return null;
}

export type Captured = { photo: KeptPhoto } | { fault: 'not_a_picture' };

export async function capture(
  file: Blob,
  about: { account: string; consignment: string; now: Date },
  redraw: (file: Blob) => Promise<ArrayBuffer | null> = redrawn,
): Promise<Captured> {
  let bytes = await file.arrayBuffer();
  let type = kindOf(bytes);
  let reduced = false;
  if (!type || !TAKEN.has(type) || bytes.byteLength > PHOTO_BYTES) {
    const smaller = await redraw(file);
    if (!smaller) return { fault: 'not_a_picture' };
    bytes = smaller;
    type = kindOf(bytes);
    reduced = true;
  }
  if (!type || bytes.byteLength > PHOTO_BYTES) return { fault: 'not_a_picture' };
  return {
    photo: {
      sha256: await sha256(bytes),
      account: about.account,
      consignment: about.consignment,
      type,
      bytes,
      taken_at: about.now.toISOString(),
      reduced,
      uploaded: false,
    },
  };
}

async function redrawn(file: Blob): Promise<ArrayBuffer | null> {
  try {
    const picture = await createImageBitmap(file);
    const shrink = Math.min(1, REDRAWN_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * shrink);
    canvas.height = Math.round(picture.height * shrink);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
    return blob ? blob.arrayBuffer() : null;
  } catch {
    return null;
  }
}
