/** Files for the reader, and drawings as pictures. */

/** Hands the reader a file. */
export function download(name: string, type: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the file after this task.
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Hands the reader a drawing, an SVG document, under a name without an ending. */
export async function downloadDrawing(name: string, kind: "png" | "svg", svg: string): Promise<void> {
  if (kind === "svg") download(`${name}.svg`, "image/svg+xml", svg);
  else download(`${name}.png`, "image/png", await rasterised(svg));
}

/** Pixels of the picture in a unit of the drawing, where no browser's limits are near: a side, and all of it. */
const DENSITY = 2;
const LONGEST = 16_384;
const MOST = 64e6;

/** The PNG of an SVG document that has a width and a height. */
export async function rasterised(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    const { naturalWidth: wide, naturalHeight: tall } = image;
    const density = Math.min(DENSITY, LONGEST / Math.max(wide, tall), Math.sqrt(MOST / (wide * tall)));
    canvas.width = Math.max(Math.round(wide * density), 1);
    canvas.height = Math.max(Math.round(tall * density), 1);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("this browser could not make a PNG");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
