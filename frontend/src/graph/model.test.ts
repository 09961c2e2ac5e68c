import { describe, expect, it } from "vitest";

import { ALL, changed, EMPTY, type GraphEdge, grown, type History, moved, type Picture, shownOf, stepped, without } from "./model";

const node = (id: string) => ({ id, kind: "address", layer: "fact", label: id }) as const;
const edge = (from: string, to: string, sat = 1_000, layer: GraphEdge["layer"] = "fact"): GraphEdge => ({
  id: `${from}>${to}`,
  from,
  to,
  layer,
  sat,
  count: 1,
  firstSeen: "2024-01-02T00:00:00Z",
  lastSeen: "2024-02-02T00:00:00Z",
  label: "",
});
const star = (many: number): Picture => {
  const first = grown(EMPTY, null, { nodes: [node("centre")], edges: [] });
  const ids = Array.from({ length: many }, (_, n) => `n${n}`);
  return grown(first, "centre", {
    nodes: ids.map(node),
    edges: ids.map((id, n) => (n % 2 ? edge(id, "centre", n) : edge("centre", id, n))),
  });
};

describe("a picture that grows", () => {
  it("leaves what stood in it where it is, and puts nothing on top of it", () => {
    const before = star(25);
    const after = grown(before, "n3", { nodes: Array.from({ length: 25 }, (_, n) => node(`m${n}`)), edges: [] });
    for (const each of Object.values(before.nodes)) expect(after.nodes[each.id]).toMatchObject({ x: each.x, y: each.y });
    const places = Object.values(after.nodes).map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
  });
  it("puts those who pay on one side and those who are paid on the other", () => {
    const { nodes } = star(4);
    expect(nodes["n1"]?.x).toBeLessThan(nodes["centre"]?.x ?? 0);
    expect(nodes["n2"]?.x).toBeGreaterThan(nodes["centre"]?.x ?? 0);
  });
  it("has no edge to what is not in it", () => {
    expect(grown(star(2), "centre", { nodes: [], edges: [edge("centre", "nowhere")] }).edges["centre>nowhere"]).toBeUndefined();
  });
});

describe("what is shown", () => {
  it("keeps to the filters and says how much they leave out", () => {
    const shown = shownOf(star(10), { ...ALL, leastSat: 5 }, "centre");
    expect(shown.edges).toHaveLength(5);
    expect(shown.leftOut).toBe(5);
    expect(shownOf(star(10), { ...ALL, direction: "in" }, "centre").edges).toHaveLength(5);
    expect(shownOf(star(10), { ...ALL, from: "2024-03-01" }, "centre").edges).toHaveLength(0);
    expect(shownOf(star(10), { ...ALL, to: "2024-01-02" }, "centre").edges).toHaveLength(10);
  });
  it("has no layer that was hidden", () => {
    const claimed = grown(star(1), "n0", {
      nodes: [{ id: "who", kind: "entity", layer: "claim", label: "who" }],
      edges: [edge("n0", "who", 0, "claim")],
    });
    expect(shownOf(claimed, ALL, null).nodes.map((each) => each.id)).toContain("who");
    const hidden = shownOf(claimed, { ...ALL, layers: { ...ALL.layers, claim: false } }, null);
    expect(hidden.nodes.map((each) => each.id)).not.toContain("who");
    expect(hidden.edges.every((each) => each.layer === "fact")).toBe(true);
  });
});

describe("undo and redo", () => {
  it("give back every picture of a random walk, byte for byte", () => {
    let history: History = { past: [], now: star(6), future: [] };
    const seen = [JSON.stringify(history.now)];
    for (let turn = 0; turn < 200; turn += 1) {
      const ids = Object.keys(history.now.nodes);
      const id = ids[Math.floor(Math.random() * ids.length)] ?? "centre";
      const choices = [
        () => changed(history.now, id, { note: String(turn) }),
        () => moved(history.now, { [id]: { x: turn, y: -turn } }),
        () => grown(history.now, id, { nodes: [node(`t${turn}`)], edges: [edge(id, `t${turn}`)] }),
        () => (ids.length > 3 ? without(history.now, id) : changed(history.now, id, { hidden: true, note: String(turn) })),
      ];
      history = stepped(history, { kind: "do", picture: (choices[turn % 4] ?? (() => history.now))() });
      seen.push(JSON.stringify(history.now));
    }
    for (let turn = seen.length - 1; turn >= 0; turn -= 1) {
      expect(JSON.stringify(history.now)).toBe(seen[turn]);
      history = stepped(history, { kind: "undo" });
    }
    for (const each of seen) {
      expect(JSON.stringify(history.now)).toBe(each);
      history = stepped(history, { kind: "redo" });
    }
  });
  it("forget what was undone once something else is done", () => {
    const start: History = { past: [], now: EMPTY, future: [] };
    const one = stepped(start, { kind: "do", picture: star(1) });
    const other = stepped(stepped(one, { kind: "undo" }), { kind: "do", picture: star(2) });
    expect(stepped(other, { kind: "redo" })).toBe(other);
  });
});
