/** The picture as files: SVG, CSV, JSON. What others wrote is escaped in each. */
import { shownText } from "../shown/writing";
import type { GraphEdge, GraphNode, Picture } from "./model";

export const COLOURS = { fact: "#17558a", inference: "#a2540a", claim: "#7a2d8c" } as const;
const BOX = { width: 190, height: 34 };

/** A file's content as a download: the address lives only until it was taken. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => shownText(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

export function svgOf(nodes: GraphNode[], edges: GraphEdge[], title: string): string {
  const places = new Map(nodes.map((node) => [node.id, node]));
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const left = Math.min(0, ...xs) - BOX.width;
  const top = Math.min(0, ...ys) - BOX.height * 2;
  const width = Math.max(0, ...xs) + BOX.width - left;
  const height = Math.max(0, ...ys) + BOX.height * 2 - top;
  const lines = edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const dash = edge.layer === "fact" ? "" : edge.layer === "inference" ? ' stroke-dasharray="7 4"' : ' stroke-dasharray="2 4"';
    return [
      `<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="${COLOURS[edge.layer]}" stroke-width="1.500"${dash} marker-end="url(#end)"/>`,
      `<text x="${(from.x + to.x) / 2}" y="${(from.y + to.y) / 2 - 4}" font-size="11" text-anchor="middle">${escaped(edge.label)}</text>`,
    ];
  });
  const boxes = nodes.flatMap((node) => [
    `<rect x="${node.x - BOX.width / 2}" y="${node.y - BOX.height / 2}" width="${BOX.width}" height="${BOX.height}" rx="6" fill="${escaped(node.colour || "#fff")}" stroke="${COLOURS[node.layer]}" stroke-width="2"/>`,
    `<text x="${node.x}" y="${node.y + 4}" font-size="12" text-anchor="middle">${escaped(node.label)}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" font-family="sans-serif">`,
    `<title>${escaped(title)}</title>`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#fff"/>`,
    ...lines,
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

/** A field that no spreadsheet takes for a formula. */
export function csvField(value: string | number | null): string {
  const text = value === null ? "" : typeof value === "number" ? String(value) : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(edges: GraphEdge[]): string {
  const head = ["from", "to", "layer", "amount_sat", "transactions", "first_seen", "last_seen", "label"];
  const rows = edges.map((edge) => [edge.from, edge.to, edge.layer, edge.sat, edge.count, edge.firstSeen, edge.lastSeen, edge.label]);
  return [head, ...rows].map((row) => row.map(csvField).join(",")).join("\r\n") + "\r\n";
}

export const FORM = "qaif-picture-1";

export function jsonOf(picture: Picture): string {
  return `${JSON.stringify({ form: FORM, nodes: Object.values(picture.nodes), edges: Object.values(picture.edges) }, null, 1)}\n`;
}

/** Something of a file: its texts may be anything. */
type Told<ThingT> = Omit<ThingT, "label" | "note"> & { label: unknown; note?: unknown };

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** A picture that was written before. Throws where the text is none. */
export function pictureOf(text: string): Picture {
  const told = JSON.parse(text) as { form?: unknown; nodes?: unknown; edges?: unknown };
  if (told.form !== FORM || !Array.isArray(told.nodes) || !Array.isArray(told.edges)) throw new Error("not a picture of Qaif");
  const nodes = (told.nodes as Told<GraphNode>[]).filter(
    (node) => typeof node.id === "string" && Number.isFinite(node.x) && Number.isFinite(node.y) && node.layer in COLOURS,
  );
  const there = new Set(nodes.map((node) => node.id));
  const edges = (told.edges as Told<GraphEdge>[]).filter(
    (edge) => there.has(edge.from) && there.has(edge.to) && edge.layer in COLOURS,
  );
  return {
    nodes: Object.fromEntries(nodes.map((node) => [node.id, { ...node, label: textOf(node.label), note: textOf(node.note), colour: /^#[0-9a-f]{6}$/.test(node.colour) ? node.colour : "" }])),
    edges: Object.fromEntries(edges.map((edge) => [edge.id, { ...edge, label: textOf(edge.label) }])),
  };
}
