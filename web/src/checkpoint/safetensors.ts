/** The header of a safetensors file, for checkpoints and atlases. */

import constants from "../../../spec/constants.json" with { type: "json" };

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** A file that is not safetensors. */
export class HeaderError extends Error {
  constructor(what: string, expected: string, found: string) {
    super(`${what}: expected ${expected}, found ${found}`);
  }
}

/** The header of a file, and where the tensors start. */
export interface Header {
  readonly header: JsonObject;
  readonly start: number;
}

/** Throws HeaderError. */
export function readHeader(blob: Uint8Array): Header {
  const most = constants.checkpoint.largest_header;
  if (blob.length < 8) {
    throw new HeaderError("file", "a safetensors file of more than 8 bytes", `${blob.length} bytes`);
  }
  const long = new DataView(blob.buffer, blob.byteOffset).getBigUint64(0, true);
  if (long < 2n || long > BigInt(most)) {
    throw new HeaderError("header length", `2 to ${most}`, `${long}; this is not a safetensors file`);
  }
  const length = Number(long);
  if (8 + length > blob.length) {
    throw new HeaderError("header", `${length} bytes`, `${blob.length - 8}: the file is cut short`);
  }
  let header: Json;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    header = JSON.parse(decoder.decode(blob.subarray(8, 8 + length)));
  } catch {
    throw new HeaderError("header", "JSON in UTF-8", "something else");
  }
  if (!isObject(header)) throw new HeaderError("header", "a JSON object", kind(header));
  return { header, start: 8 + length };
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value's JSON type, in words. */
export function kind(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object";
  return `a ${typeof value}`;
}
