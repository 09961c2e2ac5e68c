import { describe, expect, it } from "vitest";

import { piecesOf } from "./spans";

describe("a text with spans", () => {
  it("counts code points, as the server does", () => {
    expect(piecesOf("a😀b محفظة c", [{ id: "x", span: [4, 9] }])).toEqual([
      { text: "a😀b ", id: null },
      { text: "محفظة", id: "x" },
      { text: " c", id: null },
    ]);
  });
  it("is the text again when put together, whatever the spans are", () => {
    for (let turn = 0; turn < 300; turn += 1) {
      const text = Array.from({ length: 40 }, () => "aب😀\n<"[Math.floor(Math.random() * 5)] ?? "").join("");
      const spans = Array.from({ length: 8 }, (_, n) => {
        const begin = Math.floor(Math.random() * 50) - 2;
        return { id: String(n), span: [begin, begin + Math.floor(Math.random() * 12)] };
      });
      expect(piecesOf(text, spans).map((piece) => piece.text).join("")).toBe(text);
    }
  });
  it("leaves out a span that lies in another", () => {
    const pieces = piecesOf("0123456789", [
      { id: "in", span: [3, 4] },
      { id: "out", span: [2, 6] },
    ]);
    expect(pieces.map((piece) => piece.id)).toEqual([null, "out", null]);
  });
});
