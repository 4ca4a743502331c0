/** Which room of src/ may import which; `npm run lint` checks it. CONTRIBUTING.md has the map. */

/** A room, and the rooms it may import besides itself. A room that is not named here may import any. */
const rooms = {
  checkpoint: [],
  engine: ["checkpoint"],
  worker: ["checkpoint", "engine"],
  ink: [],
  draw: ["ink"],
  atlas: ["checkpoint", "engine", "worker"],
  cells: ["engine", "ink", "draw"],
  futures: ["engine", "worker", "ink", "draw"],
  explain: ["checkpoint", "engine", "atlas", "futures"],
  hands: ["checkpoint", "engine", "worker"],
  views: ["ink", "draw"],
  frame: ["checkpoint", "engine", "worker", "ink", "draw", "atlas", "cells"],
};

const only = Object.entries(rooms).map(([room, others]) => ({
  name: `${room}-imports`,
  comment: `${room}/ may import ${others.length === 0 ? "nothing else" : others.map((other) => `${other}/`).join(", ")}`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(${[room, ...others].join("|")})/` },
}));

export default {
  forbidden: [
    ...only,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "figures-apart",
      comment: "a figure knows no other figure",
      severity: "error",
      from: { path: "^src/figures/([^/]+)/" },
      to: { path: "^src/figures/", pathNot: "^src/figures/$1/" },
    },
    {
      name: "page-on-top",
      comment: "only the page imports the page",
      severity: "error",
      from: { pathNot: "^src/page/" },
      to: { path: "^src/page/" },
    },
  ],
  options: { parser: "swc", doNotFollow: { path: "node_modules" } },
};
