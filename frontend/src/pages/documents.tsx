/** The documents that are kept, and a place to add one. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, type Problem, problemOf, useAnswer } from "../api/client";
import { Count, EnvelopeLine, Ltr, Moment, ProblemShown, Said, Waiting } from "../shown/shown";

export default function DocumentsPage() {
  const { t } = useTranslation();
  const [turn, setTurn] = useState(0);
  const asked = useAnswer(`documents ${turn}`, (signal) => api.GET("/v1/documents", { signal }));
  return (
    <>
      <h1>{t("documents.title")}</h1>
      <Add onAdded={() => setTurn(turn + 1)} />
      {asked.state === "waiting" && <Waiting />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          {asked.answer.documents.length === 0 && <p>{t("documents.none")}</p>}
          <table className="rows">
            <thead>
              <tr>
                <th>{t("documents.name")}</th>
                <th>{t("documents.kind")}</th>
                <th className="number">{t("documents.size")}</th>
                <th>{t("documents.taken")}</th>
                <th>{t("documents.digest")}</th>
                <th>{t("documents.state")}</th>
              </tr>
            </thead>
            <tbody>
              {asked.answer.documents.map((each) => (
                <tr key={each.sha256}>
                  <td>
                    <Link href={`/document/${each.sha256}`}>
                      <Said>{each.name}</Said>
                    </Link>
                  </td>
                  <td>
                    <Said>{each.media_type}</Said>
                  </td>
                  <td className="number">
                    <Count of={each.size} />
                  </td>
                  <td>
                    <Moment iso={each.taken_at} />
                  </td>
                  <td title={each.sha256}>
                    <Ltr mono>{each.sha256.slice(0, 16)}…</Ltr>
                  </td>
                  <td className={each.state === "kept" ? undefined : "incomplete"}>{t(`documents.state_${each.state}`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

function Add({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (file: File) => {
    setBusy(true);
    setProblem(null);
    const form = new FormData();
    form.set("file", file);
    // The generated type of a form's body is an object; what is sent is the form itself.
    const { error } = await api.POST("/v1/documents/add", {
      body: { file: "", source: "", note: "" },
      bodySerializer: () => form,
    });
    setBusy(false);
    if (error === undefined) onAdded();
    else setProblem(problemOf(error));
  };
  return (
    <section className="card">
      <label>
        {t("documents.add")}{" "}
        <input
          type="file"
          disabled={busy}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void send(file);
          }}
        />
      </label>
      {busy && <Waiting />}
      {problem !== null && <ProblemShown problem={problem} />}
    </section>
  );
}
