import { expect, test } from "vitest";
import { type Drawing, SvgDrawing } from "../../src/draw/drawing.ts";

test("what is drawn in other units comes out in pixels, and what goes below comes first", () => {
  const drawing: Drawing = new SvgDrawing();
  drawing.translate(10, 20);
  drawing.scale(2, 2);
  drawing.lineWidth = 1.5;
  drawing.strokeStyle = "#112233";
  drawing.globalAlpha = 0.5;
  drawing.beginPath();
  drawing.moveTo(1, 1);
  drawing.lineTo(3, 1);
  drawing.stroke();
  drawing.save();
  drawing.globalCompositeOperation = "destination-over";
  drawing.fillStyle = "#445566";
  drawing.fillRect(0, 0, 4, 5);
  drawing.restore();
  drawing.beginPath();
  drawing.arc(0, 0, 3, 0, 2 * Math.PI);
  drawing.fill();
  expect(String(drawing).split("\n")).toEqual([
    '<rect fill="#445566" fill-opacity="0.5" x="10" y="20" width="8" height="10"/>',
    '<path fill="none" stroke="#112233" stroke-width="3" stroke-opacity="0.5" d="M12 22L16 22"/>',
    '<path fill="#000" fill-opacity="0.5" d="M4 20A6 6 0 1 1 16 20A6 6 0 1 1 4 20Z"/>',
  ]);
  expect(() => drawing.scale(1, 2)).toThrow("alike in both directions");
});

test("text keeps its size, its place and its characters", () => {
  const drawing: Drawing = new SvgDrawing();
  drawing.translate(10, 0);
  drawing.scale(2, 2);
  drawing.font = '13px "Source Serif", serif';
  drawing.fillText("a<b", 1, 2);
  drawing.textAlign = "center";
  drawing.textBaseline = "middle";
  drawing.fillStyle = "#112233";
  drawing.fillText("7", 1, 2);
  const look = `x="12" y="4" font-size="26" font-family="'Source Serif', serif"`;
  expect(String(drawing).split("\n")).toEqual([
    `<text fill="#000" ${look} text-anchor="start" dominant-baseline="alphabetic">a&lt;b</text>`,
    `<text fill="#112233" ${look} text-anchor="middle" dominant-baseline="central">7</text>`,
  ]);
  drawing.font = "bold 1em serif";
  expect(() => drawing.fillText("7", 1, 2)).toThrow("a font is a size in px and families");
});
