/** Neatening as a figure of the page: its controls. The rest is loaded when the reader comes near. */

import { signal } from "@preact/signals-core";
import { download } from "../../frame/download.ts";
import { figure, type Shared } from "../../frame/figure.ts";
import { inkToJson } from "../../ink/files.ts";
import { type Continuation, type Stroke, writtenOn } from "../../ink/stroke.ts";
import { type Desk, sheetButtons } from "../../views/writing-paper.ts";
import { controls as table } from "./controls.ts";
import "./neaten.css";

export function neatenFigure(shared: Shared, desk: Desk): void {
  const frame = figure("neaten", table, shared);
  const { controls, state } = frame;
  const neat = signal<Continuation | null>(null);
  const save = (name: string, ink: readonly Stroke[]): void =>
    download(name, "application/json", inkToJson(ink, { share: state.share.value }, 0));
  controls.button("Keep neatened", () => neat.value && desk.sheet.writeOn([], neat.value), {
    main: true,
    title: "The neatened ink becomes the ink; undo gives yours back",
  });
  sheetButtons(controls, desk);
  controls.slider("share", "The model’s part", (value) => `${value} %`, "0 % is your own ink");
  controls.download("JSON of yours", () => save("yours.json", desk.ink.value), {
    title: "Download your ink as data (JSON)",
  });
  controls.download(
    "JSON of neatened",
    () => neat.value && save("neatened.json", writtenOn([], neat.value)),
    { title: "Download the neatened ink as data (JSON)" },
  );
  frame.say("Write on the upper line.");
  frame.start(async () => new (await import("./live.ts")).LiveNeaten({ frame, neat, ...desk }));
}
