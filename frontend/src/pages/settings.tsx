/** What this workspace is set up with: lists with their age and digest, the chain, where prices are from. */
import { useTranslation } from "react-i18next";

import { api, useAnswer } from "../api/client";
import { Choices } from "../shown/choices";
import { useSession } from "../shown/session";
import { Count, EnvelopeLine, Figure, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";

export default function SettingsPage() {
  const { t } = useTranslation();
  const { who, leave } = useSession();
  return (
    <>
      <h1>{t("settings.title")}</h1>
      <h2>{t("settings.reader")}</h2>
      <Choices />
      <p className="links">
        <span>
          {t("settings.signed_in")} <Said>{who.name}</Said> · {t("settings.role")} {t(`role.${who.role}`)}
        </span>
        <button type="button" className="plain" onClick={leave}>
          {t("settings.sign_out")}
        </button>
      </p>
      <Lists />
      <Chain />
    </>
  );
}

function Lists() {
  const { t } = useTranslation();
  const asked = useAnswer("lists", (signal) => api.POST("/v1/lists", { body: { stale_after: 30 }, signal }));
  return (
    <section>
      <h2>{t("settings.lists")}</h2>
      {asked.state === "waiting" && <Waiting />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          {asked.answer.lists.length === 0 ? (
            <p>
              {t("settings.no_list")} <Ltr mono>qaif lists --help</Ltr>
            </p>
          ) : (
            <table className="rows">
              <thead>
                <tr>
                  <th>{t("settings.list")}</th>
                  <th>{t("settings.published")}</th>
                  <th className="number">{t("settings.age")}</th>
                  <th className="number">{t("settings.entities")}</th>
                  <th>{t("settings.digest")}</th>
                </tr>
              </thead>
              <tbody>
                {asked.answer.lists.map((each) => (
                  <tr key={each.version.list} className={each.stale ? "marked" : undefined}>
                    <td>
                      <Said>{each.version.list}</Said> · <Said>{each.authority}</Said>
                    </td>
                    <td>
                      <Ltr>{each.version.published_at ?? "?"}</Ltr>
                    </td>
                    <td className="number">
                      {each.age_days === null ? "?" : <Count of={each.age_days} />} {each.stale && t("settings.stale")}
                    </td>
                    <td className="number">
                      <Count of={each.version.entity_count} />
                    </td>
                    <td title={each.version.sha256}>
                      <Ltr mono>{each.version.sha256.slice(0, 16)}…</Ltr>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </section>
  );
}

function Chain() {
  const { t } = useTranslation();
  const asked = useAnswer("status", (signal) => api.GET("/v1/status", { signal }));
  return (
    <section>
      <h2>{t("settings.chain")}</h2>
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          <dl className="figures">
            {asked.answer.chain !== null && (
              <>
                <Figure name={t("start.blocks")} layer="fact">
                  <Count of={asked.answer.chain.blocks} />
                </Figure>
                <Figure name={t("settings.unknown_inputs")} layer="fact">
                  <Count of={asked.answer.chain.unknown_inputs} />
                </Figure>
                <Figure name={t("settings.bytes")}>
                  <Count of={asked.answer.chain.store_bytes} />
                </Figure>
              </>
            )}
            <Figure name={t("price_source")}>
              <Said>{asked.answer.price_sources.join(", ") || "–"}</Said>
            </Figure>
          </dl>
        </>
      )}
    </section>
  );
}
