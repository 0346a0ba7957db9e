// A photo's digest is of the bytes that are kept, whatever the file claims about itself.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { capture, kindOf, PHOTO_BYTES, sha256 } from './photo';

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const about = { account: 'me', consignment: 'C-1', now: new Date(Date.UTC(2026, 6, 26)) };
const never = async () => {
  throw new Error('not to be redrawn');
};

describe('a photo', () => {
  it('has the digest that anybody would find', async () => {
    const expected = createHash('sha256').update(JPEG).digest('hex');
    expect(await sha256(JPEG.buffer)).toBe(expected);
    const captured = await capture(new Blob([JPEG]), about, never);
    expect(captured).toMatchObject({
      photo: { sha256: expected, type: 'image/jpeg', reduced: false, uploaded: false },
    });
    if ('photo' in captured) expect(new Uint8Array(captured.photo.bytes)).toEqual(JPEG);
  });

  it('is known by its first bytes, not by its name', () => {
    expect(kindOf(JPEG.buffer)).toBe('image/jpeg');
    expect(kindOf(new TextEncoder().encode('<script>alert(1)').buffer as ArrayBuffer)).toBeNull();
  });

  it('is redrawn when it is too large, and the digest is of what is sent', async () => {
    const large = new Blob([JPEG, new Uint8Array(PHOTO_BYTES)]);
    const captured = await capture(large, about, async () => JPEG.buffer);
    expect(captured).toMatchObject({ photo: { reduced: true, sha256: await sha256(JPEG.buffer) } });
  });

  it('is none when nothing can read it', async () => {
    expect(await capture(new Blob(['text']), about, async () => null)).toEqual({
      fault: 'not_a_picture',
    });
  });
});
