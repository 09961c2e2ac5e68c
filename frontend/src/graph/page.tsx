/** The graph explorer: a picture that grows by what is asked, and of which everything can be undone. */
import type { Core } from "cytoscape";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Layer, Problem } from "../api/client";
import { AddressLink, LayerBadge, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";
import { useReader } from "../shown/reader";
import { addressNode, Asked, claimsOf, clusterOf, counterpartiesOf, pathOf, traceOf } from "./asking";
import { Canvas } from "./canvas";
import { csvOf, download, jsonOf, pictureOf, svgOf } from "./files";
import { type Added, ALL, changed, EMPTY, type Filters, type GraphNode, grown, moved, type Picture, shownOf, stepped, without } from "./model";

export default function GraphPage({ start }: { start: string | null }) {
  const { t } = useTranslation();
  const { write } = useReader();
  const [history, step] = useReducer(stepped, { past: [], now: first(start), future: [] });
  const [chosen, setChosen] = useState<string | null>(start);
  const [filters, setFilters] = useState<Filters>(ALL);
  const [busy, setBusy] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const core = useRef<Core | null>(null);
  const picture = history.now;
  const latest = useRef(picture);
  useEffect(() => {
    latest.current = picture;
  });
  const put = useCallback((next: Picture) => step({ kind: "do", picture: next }), []);
  const ask = useCallback(
    async (anchor: string | null, question: () => Promise<Added>) => {
      setBusy((now) => now + 1);
      setProblem(null);
      try {
        const added = await question();
        put(grown(latest.current, anchor, added));
      } catch (error) {
        setProblem(error instanceof Asked ? error.problem : { title: String(error), status: 0, code: "picture", way_out: "", request_id: "" });
      }
      setBusy((now) => now - 1);
    },
    [put],
  );
  const expand = useCallback(
    (id: string) => {
      if (latest.current.nodes[id]?.kind === "address") void ask(id, () => counterpartiesOf(id));
    },
    [ask],
  );
  const begun = useRef(false);
  useEffect(() => {
    if (start !== null && !begun.current) {
      begun.current = true;
      void ask(start, () => counterpartiesOf(start));
    }
  }, [start, ask]);
  useGraphKeys({ undo: () => step({ kind: "undo" }), redo: () => step({ kind: "redo" }), remove: () => chosen !== null && put(without(picture, chosen)), expand: () => chosen !== null && expand(chosen) });
  const shown = useMemo(() => shownOf(picture, filters, chosen), [picture, filters, chosen]);
  const node = chosen === null ? undefined : picture.nodes[chosen];
  const arrange = () => put(moved(picture, arranged(core.current)));
  return (
    <>
      <h1>{t("graph.title")}</h1>
      <AddBar onAdd={(address) => void ask(null, () => Promise.resolve({ nodes: [addressNode(address)], edges: [] })).then(() => setChosen(address))} />
      <FilterBar filters={filters} setFilters={setFilters} />
      <div className="graph-bar">
        <button type="button" className="plain" disabled={history.past.length === 0} onClick={() => step({ kind: "undo" })}>
          {t("graph.undo")} <kbd>Ctrl Z</kbd>
        </button>
        <button type="button" className="plain" disabled={history.future.length === 0} onClick={() => step({ kind: "redo" })}>
          {t("graph.redo")} <kbd>Ctrl Y</kbd>
        </button>
        <button type="button" className="plain" onClick={arrange}>
          {t("graph.arrange")}
        </button>
        <button type="button" className="plain" onClick={() => core.current?.fit(undefined, 40)}>
          {t("graph.fit")}
        </button>
        <Files picture={picture} shown={shown} core={core} onOpen={put} onProblem={setProblem} />
      </div>
      {busy > 0 && <Waiting />}
      {problem !== null && <ProblemShown problem={problem} />}
      <p role="status">
        {t("graph.shown")} <Ltr>{write.count(shown.nodes.length)}</Ltr> · {t("graph.lines")} <Ltr>{write.count(shown.edges.length)}</Ltr>
        {shown.leftOut > 0 && (
          <>
            {" "}
            · {t("left_out")} <Ltr>{write.count(shown.leftOut)}</Ltr>
          </>
        )}
      </p>
      <div className="graph">
        <Canvas
          nodes={shown.nodes}
          edges={shown.edges}
          chosen={chosen}
          label={t("graph.picture")}
          onChoose={setChosen}
          onExpand={expand}
          onMove={(places) => put(moved(latest.current, places))}
          onReady={(made) => {
            core.current = made;
          }}
        />
        <aside className="graph-side" aria-label={t("graph.side")}>
          {node === undefined ? <NodeList picture={picture} onChoose={setChosen} /> : <Side node={node} picture={picture} ask={ask} put={put} expand={expand} />}
        </aside>
      </div>
    </>
  );
}

function first(start: string | null): Picture {
  return start === null ? EMPTY : grown(EMPTY, null, { nodes: [addressNode(start)], edges: [] });
}

/** Places by Dagre, from left to right as money goes. */
function arranged(core: Core | null): Record<string, { x: number; y: number }> {
  if (core === null) return {};
  core.layout({ name: "dagre", rankDir: "LR", nodeSep: 24, rankSep: 140, animate: false, fit: true } as cytoscape.LayoutOptions).run();
  return Object.fromEntries(core.nodes().map((node) => [node.id(), { ...node.position() }]));
}

function useGraphKeys(keys: { undo: () => void; redo: () => void; remove: () => void; expand: () => void }): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest("input,textarea,select") !== null) return;
      const key = event.key.toLowerCase();
      const command = event.ctrlKey || event.metaKey;
      const now = latest.current;
      const act = command ? (key === "z" ? (event.shiftKey ? now.redo : now.undo) : key === "y" ? now.redo : null) : key === "delete" ? now.remove : key === "x" ? now.expand : null;
      if (act === null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function AddBar({ onAdd }: { onAdd: (address: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  return (
    <form
      className="graph-bar"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onAdd(text.trim());
        setText("");
      }}
    >
      <label>
        {t("graph.add")} <input dir="ltr" size={44} value={text} maxLength={100} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit" className="plain">
        {t("graph.put")}
      </button>
    </form>
  );
}

const LAYERS: Layer[] = ["fact", "inference", "claim"];

function FilterBar({ filters, setFilters }: { filters: Filters; setFilters: (filters: Filters) => void }) {
  const { t } = useTranslation();
  const [least, setLeast] = useState("");
  return (
    <fieldset className="graph-bar">
      <legend>{t("graph.filters")}</legend>
      {LAYERS.map((layer) => (
        <label key={layer}>
          <input
            type="checkbox"
            checked={filters.layers[layer]}
            onChange={(event) => setFilters({ ...filters, layers: { ...filters.layers, [layer]: event.target.checked } })}
          />{" "}
          <LayerBadge layer={layer} />
        </label>
      ))}
      <label>
        {t("graph.least")}{" "}
        <input
          dir="ltr"
          size={10}
          value={least}
          placeholder="0.1"
          onChange={(event) => {
            setLeast(event.target.value);
            const btc = /^[0-9]{1,8}(\.[0-9]{0,8})?$/.test(event.target.value) ? Number(event.target.value) : 0;
            setFilters({ ...filters, leastSat: Math.round(btc * 100_000_000) });
          }}
        />{" "}
        <Ltr>BTC</Ltr>
      </label>
      <label>
        {t("graph.from")} <input type="date" value={filters.from} onChange={(event) => setFilters({ ...filters, from: event.target.value })} />
      </label>
      <label>
        {t("graph.to")} <input type="date" value={filters.to} onChange={(event) => setFilters({ ...filters, to: event.target.value })} />
      </label>
      <label>
        {t("direction")}{" "}
        <select value={filters.direction} onChange={(event) => setFilters({ ...filters, direction: event.target.value as Filters["direction"] })}>
          <option value="both">{t("graph.both")}</option>
          <option value="in">{t("direction_of.in")}</option>
          <option value="out">{t("direction_of.out")}</option>
        </select>
      </label>
    </fieldset>
  );
}

interface FilesProps {
  picture: Picture;
  shown: ReturnType<typeof shownOf>;
  core: React.RefObject<Core | null>;
  onOpen: (picture: Picture) => void;
  onProblem: (problem: Problem) => void;
}

function Files({ picture, shown, core, onOpen, onProblem }: FilesProps) {
  const { t } = useTranslation();
  const png = () => {
    const made = core.current?.png({ output: "blob", full: true, scale: 2, bg: "#ffffff", maxWidth: 8_000, maxHeight: 8_000 });
    if (made) download("qaif.png", made);
  };
  const text = (name: string, content: string, type: string) => download(name, new Blob([content], { type }));
  const open = async (file: File) => {
    try {
      onOpen(pictureOf(await file.text()));
    } catch {
      onProblem({ title: t("graph.no_picture"), status: 0, code: "picture", way_out: "", request_id: "" });
    }
  };
  return (
    <>
      <button type="button" className="plain" onClick={png}>
        PNG
      </button>
      <button type="button" className="plain" onClick={() => text("qaif.svg", svgOf(shown.nodes, shown.edges, t("graph.title")), "image/svg+xml")}>
        SVG
      </button>
      <button type="button" className="plain" onClick={() => text("qaif.csv", csvOf(shown.edges), "text/csv")}>
        CSV
      </button>
      <button type="button" className="plain" onClick={() => text("qaif.json", jsonOf(picture), "application/json")}>
        JSON
      </button>
      <label className="plain-file">
        {t("graph.open")}{" "}
        <input
          type="file"
          accept="application/json"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void open(file);
          }}
        />
      </label>
    </>
  );
}

/** All that is in the picture, as a list: the picture for those who do not see it. */
function NodeList({ picture, onChoose }: { picture: Picture; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const nodes = Object.values(picture.nodes);
  return (
    <>
      <p className="quiet">{t("graph.choose")}</p>
      <ul className="node-list">
        {nodes.slice(0, 500).map((node) => (
          <li key={node.id}>
            <button type="button" className="plain" onClick={() => onChoose(node.id)}>
              <Said>{node.label}</Said>
              {node.hidden && ` (${t("graph.hidden")})`}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

const GROUNDS = ["#ffffff", "#fff1b8", "#d7f0d7", "#dbe9f7", "#f7dbe0", "#e8dff5"];

interface SideProps {
  node: GraphNode;
  picture: Picture;
  ask: (anchor: string | null, question: () => Promise<Added>) => Promise<void>;
  put: (picture: Picture) => void;
  expand: (id: string) => void;
}

function Side({ node, picture, ask, put, expand }: SideProps) {
  const { t } = useTranslation();
  const { write } = useReader();
  const { id } = node;
  const [other, setOther] = useState("");
  return (
    <section className="card">
      <h2>
        <LayerBadge layer={node.layer} /> {node.kind === "address" ? <AddressLink address={id} /> : <Said>{node.label}</Said>}
      </h2>
      {node.leftOut > 0 && <p className="quiet">{t("graph.more", { count: node.leftOut, n: write.count(node.leftOut) })}</p>}
      {node.kind === "address" && (
        <p className="links">
          <button type="button" className="plain" onClick={() => expand(id)}>
            {t("graph.expand")} <kbd>x</kbd>
          </button>
          <button type="button" className="plain" onClick={() => void ask(id, () => clusterOf(id))}>
            {t("graph.cluster")}
          </button>
          <button type="button" className="plain" onClick={() => void ask(id, () => claimsOf(id))}>
            {t("graph.claims")}
          </button>
          <button type="button" className="plain" onClick={() => void ask(id, () => traceOf(id, true))}>
            {t("graph.trace_forward")}
          </button>
          <button type="button" className="plain" onClick={() => void ask(id, () => traceOf(id, false))}>
            {t("graph.trace_back")}
          </button>
        </p>
      )}
      <p className="links">
        <button type="button" className="plain" onClick={() => put(changed(picture, id, { hidden: !node.hidden }))}>
          {t(node.hidden ? "graph.show" : "graph.hide")}
        </button>
        <button type="button" className="plain" onClick={() => put(without(picture, id))}>
          {t("graph.remove")} <kbd>Del</kbd>
        </button>
      </p>
      {node.kind === "address" && (
        <form
          className="graph-bar"
          onSubmit={(event) => {
            event.preventDefault();
            if (other !== "") void ask(id, () => pathOf(id, other));
          }}
        >
          <label>
            {t("graph.path")}{" "}
            <select value={other} onChange={(event) => setOther(event.target.value)}>
              <option value="" />
              {Object.values(picture.nodes)
                .filter((each) => each.kind === "address" && each.id !== id)
                .map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.label}
                  </option>
                ))}
            </select>
          </label>
          <button type="submit" className="plain">
            {t("graph.search")}
          </button>
        </form>
      )}
      <label>
        {t("graph.note")}
        <textarea key={id} dir="auto" defaultValue={node.note} rows={3} maxLength={2_000} onBlur={(event) => event.target.value !== node.note && put(changed(picture, id, { note: event.target.value }))} />
      </label>
      <label>
        {t("graph.colour")}{" "}
        <select value={node.colour || GROUNDS[0]} onChange={(event) => put(changed(picture, id, { colour: event.target.value }))}>
          {GROUNDS.map((ground, n) => (
            <option key={ground} value={ground}>
              {t(`graph.ground_${n}`)}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
