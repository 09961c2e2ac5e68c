/** What sources say of something, who lists it and since when: never a fact, each with whose word it is. */
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, type Envelope, type Shapes, useAnswer } from "../api/client";
import { Count, EnvelopeLine, LayerBadge, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";
import { Designations } from "./designations";

export default function ClaimsPage({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(subject, (signal) => api.POST("/v1/claims", { body: { subject }, signal }));
  return (
    <>
      <h1>
        {t("claims.title")} <Said>{subject}</Said> <LayerBadge layer="claim" />
      </h1>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && <Found found={asked.answer} />}
      <Designations subject={subject} />
    </>
  );
}

function Found({ found }: { found: Pick<Shapes["ClaimsAnswer"], "entities" | "links" | "links_left_out" | "verdict"> & Envelope & { contradictions: { sentence: string }[] } }) {
  const { t } = useTranslation();
  return (
    <>
      <EnvelopeLine answer={found} />
      <p>
        <Said>{found.verdict}</Said>
      </p>
      {found.contradictions.length > 0 && (
        <section className="card contradiction">
          <h2>{t("claims.contradictions")}</h2>
          <ul>
            {found.contradictions.map((each) => (
              <li key={each.sentence}>
                <Said>{each.sentence}</Said>
              </li>
            ))}
          </ul>
        </section>
      )}
      {[...found.entities, ...found.links].map((entity) => (
        <EntityCard key={entity.id} entity={entity} />
      ))}
      {found.links_left_out > 0 && (
        <p className="quiet">
          {t("left_out")} <Count of={found.links_left_out} />
        </p>
      )}
    </>
  );
}

function EntityCard({ entity }: { entity: Shapes["Entity"] }) {
  return (
    <section className="card entity">
      <h3>
        <Said>{entity.caption}</Said> <span className="quiet">{entity.schemata.join(", ")}</span>
      </h3>
      <table className="rows">
        <tbody>
          {entity.properties.flatMap((property) =>
            property.values.map((value) => (
              <tr key={`${property.name} ${value.value}`}>
                <th scope="row">
                  <Ltr>{property.name}</Ltr>
                </th>
                <td>
                  {value.points_to === null ? (
                    <Said>{value.value}</Said>
                  ) : (
                    <Link href={`/claims/${encodeURIComponent(value.points_to)}`}>
                      <Said>{value.value}</Said>
                    </Link>
                  )}
                </td>
                <td>
                  <Sayings sayings={value.sayings} />
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  );
}

function Sayings({ sayings }: { sayings: Shapes["Saying"][] }) {
  const { t } = useTranslation();
  return (
    <ul className="sayings">
      {sayings.map((saying) => (
        <li key={saying.statement_id}>
          <Said>{saying.asserted_by}</Said>{" "}
          <abbr title={t("claims.admiralty")}>
            <Ltr>
              {saying.reliability}
              {saying.credibility}
            </Ltr>
          </abbr>
          {saying.resting_on.length > 0 && (
            <>
              {" "}
              {t("claims.resting_on")} <Said>{saying.resting_on.join(", ")}</Said>
            </>
          )}
          {saying.quote !== "" && (
            <blockquote>
              <Said>{saying.quote}</Said>
            </blockquote>
          )}
          {saying.document_sha256 !== null && (
            <Link href={`/document/${saying.document_sha256}`}>{t("claims.in_document")}</Link>
          )}
        </li>
      ))}
    </ul>
  );
}
