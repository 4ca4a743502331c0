/** The atlas as Python. */

import type { Loaded } from "../../frame/checkpoints.ts";
import {
  atlasCode,
  type Code,
  type Imports,
  listed,
  merged,
  type Python,
  quoted,
} from "../../frame/python.ts";
import type { Span } from "./similar.ts";

/** What the tables say, and where the cell is strongest. */
export function momentsCode(
  loaded: Loaded | null,
  feature: string,
  cell: number,
  lowest: boolean,
): Python | string {
  const atlas = atlasCode(loaded);
  if (atlas === null || cell < 0) return "There is no atlas here.";
  const places = `atlas.moments(${cell}${lowest ? ", lowest=True" : ""})`;
  return {
    value: `Cells that follow the feature, what cell ${cell} follows, and where it is strongest`,
    imports: { pentrace: ["Atlas"] },
    lines: [atlas, `atlas.cells_for(${quoted(feature)}), atlas.features_of(${cell}), ${places}`],
  };
}

/**
 * The moments most like a span of an ink. ink: lines after which `ink` is read, or the number of the atlas's own line.
 * cells: those that are compared; null for all.
 */
export function similarCode(
  loaded: Loaded | null,
  ink: Code | number,
  span: Span,
  cells: readonly number[] | null,
  count: number,
): Python | string {
  const atlas = atlasCode(loaded);
  if (atlas === null) return "There is no atlas here.";
  const by = cells === null ? "" : `, cells=${listed(cells)}`;
  const find = (most: number): string =>
    `similar_moments(writer, ink, (${span.begin}, ${span.end}), atlas${by}, count=${most})`;
  const value = "The moments most like the span: line of the atlas, first and last row, distance";
  const imports: Imports = { pentrace: ["Atlas"], "pentrace.atlas.similar": ["similar_moments"] };
  if (typeof ink === "number") {
    // The line is an ink of its own then, and not searched a second time.
    const own = [`ink = atlas.reading(${ink}, writer.engine)`, `found = ${find(2 * count + 1)}`];
    const others = `[moment for moment in found if moment.line != ${ink}][:${count}]`;
    return { value, imports, lines: [atlas, ...own, others] };
  }
  return { value, imports: merged(ink.imports ?? {}, imports), lines: [atlas, ...ink.lines, find(count)] };
}
