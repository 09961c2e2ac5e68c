/** The screening desk: an address, its verdict with reasons and ways; many at once, with progress. */
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Problem, problemOf, type Shapes, useAnswer } from "../api/client";
import { AddressLink, Count, EnvelopeLine, LayerBadge, Ltr, Moment, ProblemShown, Said, Waiting } from "../shown/shown";
import { linesOf, rowsOf } from "./screening-rows";

type Screened = Shapes["ScreenAnswer"];

export default function ScreeningPage() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [policy, setPolicy] = useState("");
  const policies = useAnswer("policies", (signal) => api.GET("/v1/policies", { signal }));
  const known = policies.state === "answered" ? policies.answer.policies : [];
  const [state, setState] = useState<{ is: "idle" } | { is: "waiting" } | { is: "failed"; problem: Problem } | { is: "done"; answer: Screened }>({ is: "idle" });
  const screen = async () => {
    setState({ is: "waiting" });
    const body = { address: text.trim(), transfer: null, ...(policy === "" ? {} : { policy }) } as Shapes["ScreenBody"];
    const { data, error } = await api.POST("/v1/screen", { body });
    setState(data === undefined ? { is: "failed", problem: problemOf(error) } : { is: "done", answer: data });
  };
  return (
    <>
      <h1>{t("screening.title")}</h1>
      <p className="lead">{t("screening.lead")}</p>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          void screen();
        }}
      >
        <TextInput dir="ltr" label={t("address")} value={text} onChange={(event) => setText(event.currentTarget.value)} maxLength={200} spellCheck={false} />
        <NativeSelect
          dir="ltr"
          label={t("screening.policy")}
          value={policy}
          onChange={(event) => setPolicy(event.currentTarget.value)}
          data={[{ value: "", label: t("screening.usual") }, ...known.map((each) => ({ value: each.policy, label: `${each.policy} ${each.version}` }))]}
        />
        <Button type="submit" color="blue.9" disabled={text.trim() === ""}>
          {t("screening.screen")}
        </Button>
      </form>
      {state.is === "waiting" && <Waiting />}
      {state.is === "failed" && <ProblemShown problem={state.problem} />}
      {state.is === "done" && <Verdict answer={state.answer} />}
      <Batch policy={policy} />
    </>
  );
}

function Verdict({ answer }: { answer: Screened }) {
  const { t } = useTranslation();
  return (
    <section className="card verdict" data-verdict={answer.verdict}>
      <EnvelopeLine answer={answer} />
      <h2>
        <AddressLink address={answer.address} />: <Ltr>{answer.verdict}</Ltr> <LayerBadge layer={answer.layer} />
      </h2>
      <p>
        <Said>{answer.said}</Said>
      </p>
      <p>
        {t("screening.outcome")} <strong>{t(`outcome.${answer.policy_outcome}`)}</strong> · <Moment iso={answer.time} />
      </p>
      {answer.rules.length > 0 && (
        <>
          <h3>{t("screening.rules")}</h3>
          <ul>
            {answer.rules.map((rule) => (
              <li key={rule.id}>
                <Ltr mono>{rule.id}</Ltr> · <Said>{rule.text}</Said> · <Said>{rule.relation}</Said> · {t(`outcome.${rule.outcome}`)}
              </li>
            ))}
          </ul>
        </>
      )}
      {answer.faults.length > 0 && (
        <>
          <h3>{t("screening.faults")}</h3>
          <ul>
            {answer.faults.map((fault) => (
              <li key={`${fault.kind} ${fault.about}`}>
                <Said>{fault.said}</Said>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Batch({ policy }: { policy: string }) {
  const { t } = useTranslation();
  const [rows, setRows] = useState<Shapes["ScreenedRow"][]>([]);
  const [wanted, setWanted] = useState(0);
  const [full, setFull] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const run = async (file: File) => {
    const asked = rowsOf(await file.text());
    const controller = new AbortController();
    setRows([]);
    setProblem(null);
    setWanted(asked.length);
    setRunning(controller);
    const body = { rows: asked, depth: full ? "full" : "direct", ...(policy === "" ? {} : { policy }) } as Shapes["BatchBody"];
    try {
      const { data, error } = await api.POST("/v1/screen/batch", { body, parseAs: "stream", signal: controller.signal });
      if (data === undefined || data === null) setProblem(problemOf(error));
      else for await (const some of linesOf(data)) setRows((now) => [...now, ...(some as Shapes["ScreenedRow"][])]);
    } catch (error) {
      if (!controller.signal.aborted) setProblem(problemOf(error));
    }
    setRunning(null);
  };
  return (
    <section>
      <h2>{t("screening.batch")}</h2>
      <p>{t("screening.batch_form")}</p>
      <div className="links">
        <input
          type="file"
          aria-label={t("screening.file")}
          disabled={running !== null}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void run(file);
          }}
        />
        <Checkbox label={t("screening.full")} checked={full} onChange={(event) => setFull(event.currentTarget.checked)} />
      </div>
      {running !== null && <Waiting cancel={() => running.abort()} />}
      {problem !== null && <ProblemShown problem={problem} />}
      {wanted > 0 && (
        <p role="status">
          <Count of={rows.length} /> / <Count of={wanted} /> <progress value={rows.length} max={wanted} />
        </p>
      )}
      {rows.length > 0 && <Rows rows={rows} />}
    </section>
  );
}

const MOST_SHOWN = 200;
const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** What needs a person first: hits, then what could not be said, then the rest. */
function Rows({ rows }: { rows: Shapes["ScreenedRow"][] }) {
  const { t } = useTranslation();
  const weight = (row: Shapes["ScreenedRow"]) => (row.answer === null ? 1 : row.answer.verdict === "HIT" ? 0 : row.answer.verdict === "UNKNOWN" ? 2 : 3);
  const sorted = [...rows].sort((one, other) => weight(one) - weight(other) || one.row - other.row);
  return (
    <>
      {rows.length > MOST_SHOWN && (
        <p className="quiet">
          {t("left_out")} <Count of={rows.length - MOST_SHOWN} />
        </p>
      )}
      <table className="rows">
        <thead>
          <tr>
            <th className="number">{t("screening.row")}</th>
            <th>{t("address")}</th>
            <th>{t("screening.verdict")}</th>
            <th>{t("screening.said")}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, MOST_SHOWN).map((row) => (
            <tr key={row.row} className={row.answer?.verdict === "HIT" ? "marked" : undefined}>
              <td className="number">
                <Count of={row.row} />
              </td>
              <td>{row.answer ? <AddressLink address={row.answer.address} /> : "–"}</td>
              <td>
                <Ltr>{row.answer?.verdict ?? t("screening.no_answer")}</Ltr>
              </td>
              <td>
                <Said>{row.answer?.said ?? textOf((row.error as { message?: unknown } | null)?.message)}</Said>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
