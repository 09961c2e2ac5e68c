/** A name: candidates on lists, which are no matches; and what claims say of something so called. */
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, useAnswer } from "../api/client";
import { Count, EnvelopeLine, LayerBadge, ProblemShown, Said, Waiting } from "../shown/shown";

export default function NamePage({ name }: { name: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(name, (signal) => api.POST("/v1/names", { body: { name, most: 20, least: 70 }, signal }));
  const address = useAnswer(/^\S{20,100}$/.test(name) ? name : null, (signal) =>
    api.POST("/v1/address", { body: { address: name }, signal }),
  );
  return (
    <>
      <h1>
        {t("name.title")} <Said>{name}</Said>
      </h1>
      {address.state === "failed" && <ProblemShown problem={address.problem} />}
      <p>
        <Link href={`/claims/${encodeURIComponent(name)}`}>{t("name.claims")}</Link>
      </p>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          <h2>
            {t("name.candidates")} <LayerBadge layer="claim" />
          </h2>
          <p className="quiet">
            {t("name.searched")} <Count of={asked.answer.names_searched} />
          </p>
          <ul>
            {asked.answer.candidates.map((each) => (
              <li key={`${each.entity_id} ${each.name}`}>
                <Link href={`/claims/${encodeURIComponent(each.entity_id)}`}>
                  <Said>{each.name}</Said>
                </Link>{" "}
                · <Said>{each.list}</Said> · <Count of={each.score} />
              </li>
            ))}
          </ul>
          {asked.answer.candidates.length === 0 && <p>{t("name.none")}</p>}
        </>
      )}
    </>
  );
}
