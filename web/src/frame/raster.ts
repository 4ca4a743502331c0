/** A drawing as a picture. */

/** Pixels of the picture in a unit of the drawing. */
const DENSITY = 2;

/** The PNG of an SVG document that has a width and a height. */
export async function rasterised(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * DENSITY);
    canvas.height = Math.round(image.naturalHeight * DENSITY);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("this browser could not make a PNG");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
