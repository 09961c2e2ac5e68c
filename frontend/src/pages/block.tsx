/** A block: its header, its size, what it moved. */
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, useAnswer } from "../api/client";
import { Btc, Count, EnvelopeLine, Figure, Ltr, ProblemShown, Waiting } from "../shown/shown";

export function BlockPage({ block }: { block: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(block, (signal) => api.POST("/v1/block", { body: { block }, signal }));
  return (
    <>
      <h1>
        {t("block.title")} <Ltr mono>{block}</Ltr>
      </h1>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          <dl className="figures">
            <Figure name={t("block.txs")} layer="fact">
              <Count of={asked.answer.tx_count} />
            </Figure>
            <Figure name={t("block.moved")} layer="fact">
              <Btc sat={asked.answer.output_sat} />
            </Figure>
            <Figure name={t("block.fees")} layer="fact">
              <Btc sat={asked.answer.fees_sat} />
            </Figure>
            <Figure name={t("block.before")} layer="fact">
              <Link href={`/block/${asked.answer.header.previous_hash}`}>
                <Ltr mono>{asked.answer.header.previous_hash.slice(0, 16)}…</Ltr>
              </Link>
            </Figure>
          </dl>
        </>
      )}
    </>
  );
}
