/** Files that are compressed by gzip, as pentrace/ink/formats/_compressed.py: unpacked up to a limit. */

import { counted, InkFileError } from "./notes.ts";

/** The bytes in a compressed file; others as they are. Throws InkFileError above `most` bytes, and for damage. */
export async function unpacked(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  const parts: BlobPart[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new InkFileError("compressed file: cut off or damaged; copy it again");
    });
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > most) {
      void reader.cancel();
      throw new InkFileError(`compressed file: expected at most ${counted(most)} bytes in it, found more`);
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
