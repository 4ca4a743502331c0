import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = resolve(import.meta.dirname, "../src/pentrace/static");

/** The folder is shared with the engine, so only what an earlier build of the page left is taken away. */
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

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The licences of every package that the page or its workers bundle, in one file that goes with them. */
const licences: Plugin = {
  name: "licences",
  apply: "build",
  generateBundle(_, bundle) {
    const folders = new Map<string, string>();
    const add = (names: string[], from: string): void => {
      for (const name of names) {
        const folder = packageFolder(name, from);
        if (folders.get(name) === folder) continue;
        folders.set(name, folder);
        add(Object.keys(readPackage(folder).dependencies ?? {}), folder);
      }
    };
    add(Object.keys(readPackage(import.meta.dirname).dependencies ?? {}), import.meta.dirname);
    for (const chunk of Object.values(bundle)) {
      for (const id of chunk.type === "chunk" ? chunk.moduleIds : []) {
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
        if (name !== undefined && !folders.has(name))
          this.error(`${name} is bundled but is no dependency of web`);
      }
    }
    const texts = [...folders].sort().map(([name, folder]) => {
      const { version, license } = readPackage(folder);
      const own = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
      const files = own.sort().map((file) => resolve(folder, file));
      // Some packages name their licence without its text.
      const ours = resolve(import.meta.dirname, "licences", `${name}.txt`);
      if (files.length === 0 && existsSync(ours)) files.push(ours);
      if (files.length === 0) this.error(`${name} has no file with its licence; add licences/${name}.txt`);
      const words = files.map((file) => readFileSync(file, "utf-8").trim());
      return [`${name} ${version} (${license})`, ...words].join("\n\n");
    });
    const head = "This page contains parts of the packages below, under these licences.";
    this.emitFile({
      type: "asset",
      fileName: "licences.txt",
      source: `${[head, ...texts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`,
    });
  },
};

/** Where npm put a package that is asked for from a folder. */
function packageFolder(name: string, from: string): string {
  for (let at = from; ; at = dirname(at)) {
    const folder = resolve(at, "node_modules", name);
    if (existsSync(resolve(folder, "package.json"))) return folder;
    if (at === dirname(at)) throw new Error(`${name} is not installed`);
  }
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(resolve(folder, "package.json"), "utf-8"));
}

export default defineConfig({
  // Relative addresses: the page works below any path of a static host.
  base: "./",
  plugins: [sweep, font, licences],
  worker: { format: "es" },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    // The page's policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `npm run dev` takes the WebAssembly modules and the checkpoints from a running `pentrace serve`.
  server: {
    proxy: Object.fromEntries(
      ["^/.*\\.wasm$", "/recogniser", "/checkpoints"].map((path) => [path, "http://127.0.0.1:8000"]),
    ),
  },
});
