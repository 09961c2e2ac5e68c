/** The first page: what this workspace holds, and what to do first. */
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, useAnswer } from "../api/client";
import { Count, EnvelopeLine, Figure, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";
import { Tour } from "./tour";

export function StartPage() {
  const { t } = useTranslation();
  const asked = useAnswer("status", (signal) => api.GET("/v1/status", { signal }));
  return (
    <>
      <h1>{t("start.title")}</h1>
      <p className="lead">{t("start.lead")}</p>
      {asked.state === "waiting" && <Waiting />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          {asked.answer.chain === null ? (
            <Empty />
          ) : (
            <dl className="figures">
              <Figure name={t("start.network")} layer="fact">
                <Said>{asked.answer.chain.network}</Said>
              </Figure>
              <Figure name={t("start.blocks")} layer="fact">
                <Count of={asked.answer.chain.blocks} />
              </Figure>
              <Figure name={t("start.txs")} layer="fact">
                <Count of={asked.answer.chain.txs} />
              </Figure>
              <Figure name={t("start.scripts")} layer="fact">
                <Count of={asked.answer.chain.scripts} />
              </Figure>
              <Figure name={t("start.documents")}>
                <Link href="/documents">
                  <Count of={asked.answer.documents} />
                </Link>
              </Figure>
            </dl>
          )}
        </>
      )}
      <Tour />
    </>
  );
}

function Empty() {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{t("start.empty")}</h2>
      <ol>
        <li>
          {t("start.empty_demo")} <Ltr mono>qaif demo --out demo</Ltr>
        </li>
        <li>
          {t("start.empty_index")} <Ltr mono>qaif index ~/.bitcoin</Ltr>
        </li>
      </ol>
    </section>
  );
}
