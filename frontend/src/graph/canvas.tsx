/** The picture drawn by Cytoscape: facts, inferences and claims differ in shape, line and colour. */
import type { Core, ElementDefinition, StylesheetJson } from "cytoscape";
import cytoscape from "cytoscape";
import dagre from "cytoscape-dagre";
import { useEffect, useRef } from "react";

import { shownText } from "../shown/writing";
import { COLOURS } from "./files";
import type { GraphEdge, GraphNode } from "./model";

cytoscape.use(dagre);

interface Props {
  nodes: GraphNode[];
  edges: GraphEdge[];
  chosen: string | null;
  label: string;
  onChoose: (id: string | null) => void;
  onExpand: (id: string) => void;
  onMove: (places: Record<string, { x: number; y: number }>) => void;
  onReady: (core: Core) => void;
}

export function Canvas(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const core = useRef<Core | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const made = cytoscape({ container: place.current, style: STYLE, minZoom: 0.05, maxZoom: 3, boxSelectionEnabled: true });
    core.current = made;
    made.on("tap", (event) => latest.current.onChoose(event.target === made ? null : (event.target as { id: () => string }).id()));
    made.on("dbltap", "node", (event) => latest.current.onExpand((event.target as { id: () => string }).id()));
    made.on("dragfree", "node", () =>
      latest.current.onMove(Object.fromEntries(made.nodes().map((node) => [node.id(), { ...node.position() }]))),
    );
    latest.current.onReady(made);
    return () => {
      core.current = null;
      made.destroy();
    };
  }, []);
  const { nodes, edges, chosen } = props;
  useEffect(() => {
    const made = core.current;
    if (made !== null) drawn(made, nodes, edges);
  }, [nodes, edges]);
  useEffect(() => {
    core.current?.elements().unselect();
    if (chosen !== null) core.current?.getElementById(chosen).select();
  }, [chosen, nodes]);
  return <div ref={place} className="graph-canvas" dir="ltr" role="img" aria-label={props.label} data-nodes={nodes.length} data-edges={edges.length} />;
}

/** Make what is drawn the same as what is told, touching only what differs. */
function drawn(core: Core, nodes: GraphNode[], edges: GraphEdge[]): void {
  const first = core.nodes().length < 2;
  core.batch(() => {
    const wanted = new Set([...nodes.map((node) => node.id), ...edges.map((edge) => edge.id)]);
    core.elements().filter((element) => !wanted.has(element.id())).remove();
    for (const node of nodes) {
      const told = nodeOf(node);
      const there = core.getElementById(node.id);
      if (there.empty()) core.add(told);
      else there.data(told.data).position({ x: node.x, y: node.y });
    }
    for (const edge of edges) if (core.getElementById(edge.id).empty()) core.add(edgeOf(edge));
  });
  if (first && nodes.length > 1) core.fit(undefined, 40);
}

function nodeOf(node: GraphNode): ElementDefinition {
  const left = node.leftOut > 0 ? ` (+${node.leftOut})` : "";
  const note = node.note === "" ? "" : " ✎";
  return {
    group: "nodes",
    data: { id: node.id, kind: node.kind, layer: node.layer, label: shownText(node.label) + left + note, ground: node.colour || "#ffffff" },
    position: { x: node.x, y: node.y },
  };
}

function edgeOf(edge: GraphEdge): ElementDefinition {
  const width = edge.sat === null ? 1.5 : 1 + Math.min(4, 0.7 * Math.log10(1 + edge.sat / 1_000_000));
  return { group: "edges", data: { id: edge.id, source: edge.from, target: edge.to, layer: edge.layer, label: shownText(edge.label), width } };
}

const lineOf = (layer: keyof typeof COLOURS, style: "solid" | "dashed" | "dotted"): StylesheetJson => [
  { selector: `node[layer = "${layer}"]`, style: { "border-color": COLOURS[layer], "border-style": style } },
  { selector: `edge[layer = "${layer}"]`, style: { "line-color": COLOURS[layer], "target-arrow-color": COLOURS[layer], "line-style": style } },
];

const STYLE: StylesheetJson = [
  {
    selector: "node",
    style: {
      label: "data(label)",
      shape: "round-rectangle",
      width: 190,
      height: 34,
      "background-color": "data(ground)",
      "border-width": 2,
      "text-valign": "center",
      "text-halign": "center",
      "font-size": 12,
      "text-wrap": "ellipsis",
      "text-max-width": "180px",
    },
  },
  { selector: 'node[kind = "cluster"]', style: { shape: "octagon", height: 44 } },
  { selector: 'node[kind = "entity"]', style: { shape: "ellipse", height: 48 } },
  { selector: 'node[kind = "transaction"]', style: { shape: "diamond" } },
  {
    selector: "edge",
    style: {
      label: "data(label)",
      width: "data(width)",
      "curve-style": "bezier",
      "target-arrow-shape": "triangle",
      "font-size": 10,
      "text-background-color": "#fff",
      "text-background-opacity": 0.85,
      "text-background-padding": "2px",
      "min-zoomed-font-size": 8,
    },
  },
  ...lineOf("fact", "solid"),
  ...lineOf("inference", "dashed"),
  ...lineOf("claim", "dotted"),
  { selector: ":selected", style: { "border-width": 4, "border-color": "#d07a00" } },
];
