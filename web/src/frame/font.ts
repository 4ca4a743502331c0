/** The page's font for documents that leave the page. Its licence, the OFL, allows to embed it. */

import address from "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2?url";

let known: Promise<string> | null = null;

/** The rule that defines it, with the font itself; empty where it cannot be had: then others stand in for it. */
export function fontFace(): Promise<string> {
  known ??= embedded().catch(() => {
    known = null;
    return "";
  });
  return known;
}

async function embedded(): Promise<string> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(String(response.status));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `@font-face{font-family:"Source Serif";font-weight:200 900;src:url(data:font/woff2;base64,${btoa(text)}) format("woff2")}`;
}
