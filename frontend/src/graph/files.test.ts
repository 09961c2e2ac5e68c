import { describe, expect, it } from "vitest";

import { csvField, csvOf, jsonOf, pictureOf, svgOf } from "./files";
import { EMPTY, type GraphEdge, grown } from "./model";

const HOSTILE = `"><script>alert(1)</script>&'\u202e=cmd|' /C calc'!A0`;
const edge: GraphEdge = { id: "e", from: "a", to: "b", layer: "fact", sat: 5, count: 1, firstSeen: null, lastSeen: null, label: HOSTILE };
const picture = grown(EMPTY, null, {
  nodes: [
    { id: "a", kind: "address", layer: "fact", label: HOSTILE },
    { id: "b", kind: "entity", layer: "claim", label: "قناة الخبر" },
  ],
  edges: [edge],
});

describe("the picture as a file", () => {
  it("of SVG has labels as text", () => {
    const svg = svgOf(Object.values(picture.nodes), [edge], HOSTILE);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u202e");
    expect(svg).toContain("&lt;script&gt;");
    expect(svg).toContain("قناة الخبر");
  });
  it("of CSV has no formula", () => {
    for (const bad of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]) expect(csvField(bad).replace(/^"/, "").startsWith("'")).toBe(true);
    expect(csvField(-5)).toBe("-5");
    expect(csvOf([{ ...edge, label: 'a,"b"\n' }]).split("\r\n")[1]).toBe('a,b,fact,5,1,,,"a,""b""\n"');
  });
  it("of JSON comes back as it was", () => {
    expect(pictureOf(jsonOf(picture))).toEqual(picture);
  });
  it("is refused where it is none, and freed of what does not fit", () => {
    expect(() => pictureOf('{"form":"other"}')).toThrow();
    const bent = JSON.stringify({ ...(JSON.parse(jsonOf(picture)) as object), edges: [{ ...edge, to: "nowhere" }] });
    expect(pictureOf(bent).edges).toEqual({});
  });
});
