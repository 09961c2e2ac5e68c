/** The tour of the first start: what to look at, in which order, in the case that is here. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, useAnswer } from "../api/client";
import { LayerBadge } from "../shown/shown";

const KEPT = "qaif.tour";

export function Tour() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(localStorage.getItem(KEPT) !== "done");
  const documents = useAnswer(open ? "documents" : null, (signal) => api.GET("/v1/documents", { signal }));
  const first = documents.state === "answered" ? documents.answer.documents[0] : undefined;
  const close = () => {
    localStorage.setItem(KEPT, "done");
    setOpen(false);
  };
  if (!open)
    return (
      <p>
        <button type="button" className="plain" onClick={() => setOpen(true)}>
          {t("tour.again")}
        </button>
      </p>
    );
  return (
    <section className="card tour" aria-labelledby="tour">
      <h2 id="tour">{t("tour.title")}</h2>
      <p>{t("tour.layers")}</p>
      <ul>
        {(["fact", "inference", "claim"] as const).map((layer) => (
          <li key={layer}>
            <LayerBadge layer={layer} /> {t(`layer_meaning.${layer}`)}
          </li>
        ))}
      </ul>
      <ol>
        <li>
          {first === undefined ? (
            t("tour.document_none")
          ) : (
            <Trans i18nKey="tour.document" components={{ doc: <Link href={`/document/${first.sha256}`} /> }} />
          )}
        </li>
        <li>{t("tour.address")}</li>
        <li>{t("tour.graph")}</li>
        <li>{t("tour.settings")}</li>
      </ol>
      <p>{t("tour.not_found")}</p>
      <Button onClick={close} color="blue.9">
        {t("tour.close")}
      </Button>
    </section>
  );
}
