/**
 * The picture as data: what is in it, where it stands, what was done to it. Every change makes a new picture, and the
 * old one is kept, so that all of it can be undone and redone.
 */
import type { Layer } from "../api/client";

export type NodeKind = "address" | "transaction" | "cluster" | "entity" | "rest";
export interface GraphNode {
  id: string;
  kind: NodeKind;
  layer: Layer;
  label: string;
  x: number;
  y: number;
  note: string;
  colour: string;
  hidden: boolean;
  expanded: boolean;
  /** How many more there are that are not in the picture. */
  leftOut: number;
}
export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  layer: Layer;
  sat: number | null;
  count: number;
  firstSeen: string | null;
  lastSeen: string | null;
  label: string;
}
export interface Picture {
  nodes: Record<string, GraphNode>;
  edges: Record<string, GraphEdge>;
}
export interface Filters {
  leastSat: number;
  direction: "both" | "in" | "out";
  from: string;
  to: string;
  layers: Record<Layer, boolean>;
}
export interface Added {
  nodes: Pick<GraphNode, "id" | "kind" | "layer" | "label">[];
  edges: GraphEdge[];
  leftOut?: number;
}

export const EMPTY: Picture = { nodes: {}, edges: {} };
export const ALL: Filters = {
  leastSat: 0,
  direction: "both",
  from: "",
  to: "",
  layers: { fact: true, inference: true, claim: true },
};
const COLUMN = 300;
const ROW = 46;

/** A picture with more in it. What stood in it stays where it is; what is new stands beside `anchor`, where it is free. */
export function grown(picture: Picture, anchor: string | null, added: Added): Picture {
  const nodes = { ...picture.nodes };
  const from = anchor === null ? undefined : nodes[anchor];
  const taken = new Set(Object.values(nodes).map((node) => cell(node.x, node.y)));
  const pays = new Set(added.edges.filter((edge) => edge.to === anchor).map((edge) => edge.from));
  const fresh = added.nodes.filter((node) => nodes[node.id] === undefined);
  const sides = [fresh.filter((node) => pays.has(node.id)), fresh.filter((node) => !pays.has(node.id))] as const;
  sides.forEach((side, n) => {
    const x = (from?.x ?? 0) + (from === undefined ? 0 : n === 0 ? -COLUMN : COLUMN);
    side.forEach((node, row) => {
      const y = freeRow(taken, x, (from?.y ?? 0) + (row - (side.length - 1) / 2) * ROW);
      taken.add(cell(x, y));
      nodes[node.id] = { ...node, x, y, note: "", colour: "", hidden: false, expanded: false, leftOut: 0 };
    });
  });
  if (from !== undefined) nodes[from.id] = { ...from, expanded: true, leftOut: added.leftOut ?? from.leftOut };
  const edges = { ...picture.edges };
  for (const edge of added.edges) if (nodes[edge.from] && nodes[edge.to]) edges[edge.id] = edge;
  return { nodes, edges };
}

function cell(x: number, y: number): string {
  return `${Math.round(x / COLUMN)} ${Math.round(y / ROW)}`;
}

function freeRow(taken: Set<string>, x: number, wanted: number): number {
  for (let away = 0; ; away += 1)
    for (const y of [wanted + away * ROW, wanted - away * ROW]) if (!taken.has(cell(x, y))) return y;
}

export function changed(picture: Picture, id: string, change: Partial<GraphNode>): Picture {
  const node = picture.nodes[id];
  return node === undefined ? picture : { ...picture, nodes: { ...picture.nodes, [id]: { ...node, ...change } } };
}

export function without(picture: Picture, id: string): Picture {
  const nodes = Object.fromEntries(Object.entries(picture.nodes).filter(([each]) => each !== id));
  const edges = Object.fromEntries(
    Object.entries(picture.edges).filter(([, edge]) => edge.from !== id && edge.to !== id),
  );
  return { nodes, edges };
}

export function moved(picture: Picture, places: Record<string, { x: number; y: number }>): Picture {
  const nodes = { ...picture.nodes };
  for (const [id, place] of Object.entries(places)) {
    const node = nodes[id];
    if (node !== undefined) nodes[id] = { ...node, ...place };
  }
  return { ...picture, nodes };
}

/** What of a picture is shown, and how much is left out by the filters. */
export function shownOf(picture: Picture, filters: Filters, centre: string | null): { nodes: GraphNode[]; edges: GraphEdge[]; leftOut: number } {
  const edges = Object.values(picture.edges).filter((edge) => passes(edge, filters, centre));
  const tied = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const all = new Set(Object.values(picture.edges).flatMap((edge) => [edge.from, edge.to]));
  const nodes = Object.values(picture.nodes).filter(
    (node) => !node.hidden && filters.layers[node.layer] && (tied.has(node.id) || !all.has(node.id) || node.id === centre),
  );
  const there = new Set(nodes.map((node) => node.id));
  return {
    nodes,
    edges: edges.filter((edge) => there.has(edge.from) && there.has(edge.to)),
    leftOut: Object.keys(picture.nodes).length - nodes.length,
  };
}

function passes(edge: GraphEdge, filters: Filters, centre: string | null): boolean {
  if (!filters.layers[edge.layer]) return false;
  if (edge.layer !== "fact") return true;
  if (edge.sat !== null && edge.sat < filters.leastSat) return false;
  if (filters.from !== "" && edge.lastSeen !== null && edge.lastSeen.slice(0, 10) < filters.from) return false;
  if (filters.to !== "" && edge.firstSeen !== null && edge.firstSeen.slice(0, 10) > filters.to) return false;
  if (filters.direction === "in" && edge.from === centre) return false;
  return !(filters.direction === "out" && edge.to === centre);
}

export interface History {
  past: Picture[];
  now: Picture;
  future: Picture[];
}
export type Step = { kind: "do"; picture: Picture } | { kind: "undo" } | { kind: "redo" };
const MOST_STEPS = 500;

export function stepped(history: History, step: Step): History {
  const { past, now, future } = history;
  if (step.kind === "do") {
    if (step.picture === now) return history;
    return { past: [...past, now].slice(-MOST_STEPS), now: step.picture, future: [] };
  }
  if (step.kind === "undo") {
    const before = past.at(-1);
    return before === undefined ? history : { past: past.slice(0, -1), now: before, future: [now, ...future] };
  }
  const [after, ...rest] = future;
  return after === undefined ? history : { past: [...past, now], now: after, future: rest };
}
