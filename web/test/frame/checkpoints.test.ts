/** What is said when a file of the page comes damaged, or in part. */

import { expect, test, vi } from "vitest";
import { FetchError, loadLearner } from "../../src/frame/checkpoints.ts";

function answered(body: BodyInit): Promise<WebAssembly.Module> {
  vi.stubGlobal("document", { baseURI: "http://localhost/" });
  vi.stubGlobal("fetch", async () => new Response(body));
  return loadLearner();
}

test("a module that is none, or that comes in part, is said in a sentence", async () => {
  const damaged = answered("hello");
  await expect(damaged).rejects.toThrow(FetchError);
  await expect(damaged).rejects.toThrow(
    "The part that learns could not be loaded: expected WebAssembly in learn.wasm, found something else; reload the page.",
  );
  const part = answered(new ReadableStream({ start: (to) => to.error(new TypeError("network error")) }));
  await expect(part).rejects.toThrow(FetchError);
  await expect(part).rejects.toThrow(
    "The part that learns could not be loaded: the connection broke off; try again.",
  );
});
