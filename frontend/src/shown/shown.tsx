/** The small parts that every page is made of. Ids, addresses and amounts are isolated left to right in any language. */
import { Alert, Badge, Loader, Tooltip } from "@mantine/core";
import { Children, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import type { Envelope, Layer, Problem } from "../api/client";
import { useReader } from "./reader";
import { shownText, turnsAround } from "./writing";

/** Something that is read from left to right wherever it stands. */
export function Ltr({ children, mono = false }: { children: ReactNode; mono?: boolean }) {
  const ordered = turnsAround(Children.toArray(children).filter((each) => typeof each === "string").join(""));
  return (
    <bdi dir="ltr" className={`${mono ? "mono" : ""}${ordered ? " ordered" : ""}`.trim() || undefined}>
      {children}
    </bdi>
  );
}

/** What somebody else wrote: text and nothing but text, in its own direction. */
export function Said({ children }: { children: string }) {
  return <bdi dir="auto">{shownText(children)}</bdi>;
}

export function Btc({ sat, least = false }: { sat: number | null; least?: boolean }) {
  const { write } = useReader();
  const { t } = useTranslation();
  if (sat === null) return <span className="quiet">{t("unknown")}</span>;
  return (
    <span className="amount">
      {least && `${t("at_least")} `}
      <Ltr>{write.btc(sat)} BTC</Ltr>
    </span>
  );
}

export function Fiat({ amount, currency }: { amount: string | null; currency: string | null }) {
  const { write } = useReader();
  const { t } = useTranslation();
  if (amount === null) return <span className="quiet">{t("unknown")}</span>;
  return (
    <span className="amount">
      <Ltr>{write.fiat(amount, currency)}</Ltr>
    </span>
  );
}

export function Count({ of }: { of: number }) {
  const { write } = useReader();
  return <Ltr>{write.count(of)}</Ltr>;
}

export function Moment({ iso }: { iso: string }) {
  const { write } = useReader();
  return (
    <time dateTime={iso}>
      <Ltr>{write.minute(iso)}</Ltr>
    </time>
  );
}

export function AddressLink({ address }: { address: string | null }) {
  const { t } = useTranslation();
  if (address === null) return <span className="quiet">{t("no_address")}</span>;
  return (
    <Link href={`/address/${encodeURIComponent(address)}`} className="id">
      <Ltr mono>{shownText(address)}</Ltr>
    </Link>
  );
}

export function TxLink({ txid, short = true }: { txid: string; short?: boolean }) {
  return (
    <Link href={`/tx/${encodeURIComponent(txid)}`} className="id" title={txid}>
      <Ltr mono>{short ? `${txid.slice(0, 10)}…${txid.slice(-4)}` : txid}</Ltr>
    </Link>
  );
}

const LAYER_COLOURS: Record<Layer, string> = { fact: "blue.9", inference: "#8a4300", claim: "grape.9" };
const LAYER_SIGNS: Record<Layer, string> = { fact: "■", inference: "◆", claim: "❝" };

/** Which of the three layers something is of: by word, sign and colour. */
export function LayerBadge({ layer }: { layer: Layer }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t(`layer_meaning.${layer}`)} multiline w={280}>
      <Badge className="layer" data-layer={layer} color={LAYER_COLOURS[layer]} variant="filled" radius="sm" tabIndex={0}>
        <span aria-hidden="true">{LAYER_SIGNS[layer]} </span>
        {t(`layer.${layer}`)}
      </Badge>
    </Tooltip>
  );
}

/** The envelope of an answer: layer, as of which block, how much is covered. */
export function EnvelopeLine({ answer }: { answer: Envelope }) {
  const { t } = useTranslation();
  const { as_of: asOf, coverage } = answer;
  const simulated = answer.basis["simulated"] === true;
  return (
    <div className="envelope">
      <p>
        <LayerBadge layer={answer.layer} />
        {simulated && (
          <Badge color="red.9" variant="filled" radius="sm">
            {t("simulated")}
          </Badge>
        )}
        {asOf && (
          <span>
            {t("as_of")} {asOf.height !== null && <Count of={asOf.height} />} · <Moment iso={asOf.time} /> ·{" "}
            <span title={asOf.hash}>
              <Ltr mono>{asOf.hash.slice(0, 12)}…</Ltr>
            </span>
          </span>
        )}
        <span className={coverage.complete ? "complete" : "incomplete"}>
          {t(coverage.complete ? (coverage.told ? "coverage_told" : "coverage_complete") : "coverage_not")}
        </span>
      </p>
      {coverage.reasons.length > 0 && (
        <ul>
          {coverage.reasons.map((reason) => (
            <li key={reason}>
              <Said>{reason}</Said>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function ProblemShown({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  return (
    <Alert color="red.9" variant="outline" title={<Said>{problem.title}</Said>} className="problem">
      {problem.way_out !== "" && <Said>{problem.way_out}</Said>}
      <p className="quiet">
        {t("code")} <Ltr mono>{problem.code}</Ltr> {problem.request_id !== "" && <Ltr mono>{problem.request_id}</Ltr>}
      </p>
    </Alert>
  );
}

export function Waiting({ cancel }: { cancel?: () => void }) {
  const { t } = useTranslation();
  return (
    <p className="waiting" role="status">
      <Loader size="sm" /> {t("working")}
      {cancel && (
        <button type="button" className="plain" onClick={cancel}>
          {t("cancel")}
        </button>
      )}
    </p>
  );
}

/** A named figure. */
export function Figure({ name, layer, children }: { name: string; layer?: Layer; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>
        {name} {layer && <LayerBadge layer={layer} />}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
