/** What a picture grows by: answers of the API as nodes and edges, each of the layer that the answer says. */
import { api, problemOf, type Shapes } from "../api/client";
import { btcOf } from "../shown/writing";
import type { Added, GraphEdge } from "./model";

export const TOP = 25;

const short = (id: string) => (id.length > 24 ? `${id.slice(0, 12)}…${id.slice(-6)}` : id);
export const addressNode = (address: string) => ({ id: address, kind: "address", layer: "fact", label: short(address) }) as const;

/** The counterparties of an address: the 25 who paid most and the 25 who were paid most. */
export async function counterpartiesOf(address: string): Promise<Added> {
  const body = { addresses: [address], inference: true, most_largest: 0, most_counterparties: TOP };
  const { data, error } = await api.POST("/v1/review", { body });
  if (data === undefined) throw new Asked(error);
  const { counterparties: who } = data;
  const edges = [
    ...who.in.flatMap((row) => flowEdge(row, address, "in")),
    ...who.out.flatMap((row) => flowEdge(row, address, "out")),
  ];
  const ids = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  ids.delete(address);
  const leftOut = who.in_count + who.out_count - who.in.length - who.out.length;
  return { nodes: [...ids].map(addressNode), edges, leftOut };
}

function flowEdge(row: Shapes["Counterparty"], address: string, direction: "in" | "out"): GraphEdge[] {
  if (row.address === null || row.address === address) return [];
  const [from, to] = direction === "in" ? [row.address, address] : [address, row.address];
  return [
    {
      id: `flow ${from} ${to}`,
      from,
      to,
      layer: "fact",
      sat: row.amount_sat,
      count: row.tx_count,
      firstSeen: row.first_seen.time,
      lastSeen: row.last_seen.time,
      label: `${btcOf(row.amount_sat)} BTC`,
    },
  ];
}

const bond = (from: string, to: string, layer: "inference" | "claim", label: string): GraphEdge => ({
  id: `${layer} ${from} ${to} ${label}`,
  from,
  to,
  layer,
  sat: null,
  count: 1,
  firstSeen: null,
  lastSeen: null,
  label,
});

/** The cluster of an address as one node, with the first members beside it. */
export async function clusterOf(address: string): Promise<Added> {
  const { data, error } = await api.POST("/v1/cluster", { body: { address, with_change: false, sample: TOP } });
  if (data === undefined) throw new Asked(error);
  const id = `cluster ${data.named_by}`;
  const members = data.members.sample.filter((member) => member !== address);
  return {
    nodes: [
      { id, kind: "cluster", layer: "inference", label: `${short(data.named_by)} (${data.members.count})` },
      ...members.map(addressNode),
    ],
    edges: [address, ...members].map((member) => bond(member, id, "inference", "")),
    leftOut: data.members.count - members.length - 1,
  };
}

/** Whose it is said to be: one node for each entity, with what is said on the line to it. */
export async function claimsOf(address: string): Promise<Added> {
  const { data, error } = await api.POST("/v1/claims", { body: { subject: address } });
  if (data === undefined) throw new Asked(error);
  const nodes: Added["nodes"] = [];
  const edges: GraphEdge[] = [];
  for (const entity of [...data.entities, ...data.links]) {
    const id = `entity ${entity.id}`;
    nodes.push({ id, kind: "entity", layer: "claim", label: entity.caption });
    edges.push(bond(address, id, "claim", entity.schemata.join(", ")));
  }
  return { nodes, edges, leftOut: data.links_left_out };
}

/** The shortest way of money from one address to another, as far as it is looked for. */
export async function pathOf(start: string, end: string): Promise<Added> {
  const { data, error } = await api.POST("/v1/path", {
    body: {
      start,
      end,
      by: "script",
      with_change: false,
      service_scripts: 1_000,
      hops: 12,
      transactions: 20_000,
      fan: 100,
      least_sat: 1_000,
      through_labels: false,
      through_mixes: false,
    },
  });
  if (data === undefined) throw new Asked(error);
  const steps = (data.there.shortest ?? data.back.shortest)?.steps ?? [];
  const stations = steps.flatMap((step) => (step.script?.address ? [{ at: step.script.address, step }] : []));
  const edges = stations.slice(1).flatMap(({ at, step }, n): GraphEdge[] => {
    const before = stations[n]?.at;
    if (before === undefined || before === at) return [];
    const time = step.tx?.time ?? null;
    return [{ ...bond(before, at, "inference", ""), id: `path ${step.outpoint}`, layer: "fact", sat: step.value_sat, firstSeen: time, lastSeen: time, label: `${btcOf(step.value_sat)} BTC` }];
  });
  return { nodes: [...new Set(stations.map(({ at }) => at))].map(addressNode), edges };
}

/** Where the money went: destinations with the range over methods, and why following stopped there. */
export async function traceOf(address: string, forward: boolean): Promise<Added> {
  const { data, error } = await api.POST("/v1/trace", {
    body: {
      subjects: [address],
      forward,
      methods: [],
      stops: [],
      by: "script",
      with_change: false,
      service_scripts: 1_000,
      hops: 6,
      transactions: 1_000,
      fan: 100,
      least_sat: 1_000,
      through_labels: false,
      through_mixes: false,
      most_destinations: TOP,
    },
  });
  if (data === undefined) throw new Asked(error);
  const nodes: Added["nodes"] = [];
  const edges: GraphEdge[] = [];
  for (const each of data.destinations) {
    const at = each.script?.address ?? null;
    if (at === null || at === address) continue;
    nodes.push(addressNode(at));
    const [from, to] = forward ? [address, at] : [at, address];
    const spread = each.least_sat === null || each.most_sat === null ? "" : `${btcOf(each.least_sat)} – ${btcOf(each.most_sat)} BTC`;
    edges.push({ ...bond(from, to, "inference", `${spread} · ${each.hops} · ${each.reasons.join(", ")}`), sat: each.most_sat, count: each.coins });
  }
  return { nodes, edges, leftOut: data.destination_count - data.destinations.length };
}

/** A problem of the API that is thrown on its way to the page. */
export class Asked extends Error {
  readonly problem;
  constructor(error: unknown) {
    const problem = problemOf(error);
    super(problem.title);
    this.problem = problem;
  }
}
