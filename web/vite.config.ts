import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = resolve(import.meta.dirname, "../src/pentrace/static");

/** The folder is shared with engine.wasm, so only what an earlier build of the page left is taken away. */
const sweep: Plugin = {
  name: "sweep",
  apply: "build",
  buildStart: () => rmSync(resolve(out, "assets"), { recursive: true, force: true }),
};

/** The font is asked for before the style sheet is read, so that the first paint has it; its licence goes with it. */
const font: Plugin = {
  name: "font",
  apply: "build",
  buildStart() {
    const licence = createRequire(import.meta.url).resolve("@fontsource-variable/source-serif-4/LICENSE");
    this.emitFile({
      type: "asset",
      fileName: "assets/source-serif-4-LICENSE.txt",
      source: readFileSync(licence),
    });
  },
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((file) => file.endsWith(".woff2"))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `./${file}`, crossorigin: true },
          injectTo: "head-prepend" as const,
        })),
  },
};

export default defineConfig({
  // Relative addresses: the page works below any path of a static host.
  base: "./",
  plugins: [sweep, font],
  worker: { format: "es" },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    // The page's policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dev` takes the engine and the checkpoints from a running `pentrace serve`.
  server: { proxy: { "/engine.wasm": "http://127.0.0.1:8000", "/checkpoints": "http://127.0.0.1:8000" } },
});
