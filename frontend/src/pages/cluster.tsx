/** A cluster: who is in it, why two are in it together, what it would be without something. */
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Shapes, useAnswer } from "../api/client";
import { AddressLink, Btc, Count, EnvelopeLine, Figure, LayerBadge, Ltr, Moment, ProblemShown, Said, TxLink, Waiting } from "../shown/shown";

export default function ClusterPage({ address }: { address: string }) {
  const { t } = useTranslation();
  const [withChange, setWithChange] = useState(false);
  const asked = useAnswer(`${address} ${withChange}`, (signal) =>
    api.POST("/v1/cluster", { body: { address, with_change: withChange, sample: 100 }, signal }),
  );
  return (
    <>
      <h1>
        {t("cluster.title")} <AddressLink address={address} />
      </h1>
      <Checkbox
        label={t("cluster.with_change")}
        checked={withChange}
        onChange={(event) => setWithChange(event.currentTarget.checked)}
      />
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && <Found found={asked.answer} withChange={withChange} />}
    </>
  );
}

function Found({ found, withChange }: { found: Shapes["ClusterAnswer"]; withChange: boolean }) {
  const { t } = useTranslation();
  const { totals } = found;
  const [other, setOther] = useState<string | null>(null);
  return (
    <>
      <EnvelopeLine answer={found} />
      <Method basis={found.basis} />
      <dl className="figures">
        <Figure name={t("cluster.members")} layer="inference">
          <Count of={found.members.count} />
        </Figure>
        <Figure name={t("cluster.from_outside")} layer="inference">
          <Btc sat={totals.from_outside_sat} least={totals.lower_bound} />
        </Figure>
        <Figure name={t("cluster.to_outside")} layer="inference">
          <Btc sat={totals.to_outside_sat} least={totals.lower_bound} />
        </Figure>
        <Figure name={t("balance")} layer="inference">
          <Btc sat={totals.balance_sat} least={totals.lower_bound} />
        </Figure>
      </dl>
      {found.labelled.length > 0 && (
        <>
          <h2>
            {t("cluster.labelled")} <LayerBadge layer="claim" />
          </h2>
          <ul>
            {found.labelled.map((each) => (
              <li key={each.address}>
                <AddressLink address={each.address} /> · <Said>{each.operated_by}</Said>
              </li>
            ))}
          </ul>
        </>
      )}
      {found.alarms.length > 0 && (
        <>
          <h2>{t("cluster.alarms")}</h2>
          <Decisions rows={found.alarms} />
        </>
      )}
      <h2>
        {t("cluster.why")} <LayerBadge layer="inference" />
      </h2>
      <AskFor label={t("cluster.why_with")} verb={t("cluster.ask")} onAsk={setOther} />
      {other !== null && <Why key={other} one={found.address} other={other} withChange={withChange} />}
      <h2>
        {t("cluster.members")} <LayerBadge layer="inference" />
      </h2>
      <ul className="members">
        {found.members.sample.map((member) => (
          <li key={member}>
            <AddressLink address={member} />
            {member !== found.address && (
              <button type="button" className="plain" onClick={() => setOther(member)}>
                {t("cluster.why_short")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {found.members.count > found.members.sample.length && (
        <p className="quiet">
          {t("left_out")} <Count of={found.members.count - found.members.sample.length} />
        </p>
      )}
      <WhatIf address={found.address} withChange={withChange} />
    </>
  );
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** The methods that an answer rests on, each with what was measured of its error. */
export function Method({ basis }: { basis: Record<string, unknown> }) {
  const { t } = useTranslation();
  const methods = Array.isArray(basis["methods"]) ? (basis["methods"] as Record<string, unknown>[]) : [];
  if (methods.length === 0) return null;
  return (
    <details>
      <summary>{t("methods")}</summary>
      {methods.map((method) => (
        <div key={textOf(method["id"])} className="card">
          <p>
            <Ltr mono>{textOf(method["id"])}</Ltr> · <Said>{textOf(method["sentence"])}</Said>
          </p>
          <p>
            {t("measured")} <Said>{textOf(method["measured"])}</Said>
          </p>
          <p>
            <Said>{textOf(method["limits"])}</Said>
          </p>
        </div>
      ))}
    </details>
  );
}

function AskFor({ label, verb, onAsk }: { label: string; verb: string; onAsk: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onAsk(text.trim());
      }}
    >
      <TextInput dir="ltr" label={label} value={text} onChange={(event) => setText(event.currentTarget.value)} maxLength={100} />
      <Button type="submit" color="blue.9">
        {verb}
      </Button>
    </form>
  );
}

function Why({ one, other, withChange }: { one: string; other: string; withChange: boolean }) {
  const asked = useAnswer(`${one} ${other} ${withChange}`, (signal) =>
    api.POST("/v1/why", { body: { address: one, other, with_change: withChange, budget: 200 }, signal }),
  );
  if (asked.state === "waiting") return <Waiting cancel={asked.cancel} />;
  if (asked.state === "failed") return <ProblemShown problem={asked.problem} />;
  if (asked.state === "idle") return null;
  return (
    <div className="card why">
      <EnvelopeLine answer={asked.answer} />
      <p>
        <Said>{asked.answer.said}</Said>
      </p>
      <ol>
        {asked.answer.steps.map((step) => (
          <li key={`${step.one} ${step.other}`}>
            <AddressLink address={step.one} /> + <AddressLink address={step.other} /> · <TxLink txid={step.tx.txid} />{" "}
            <Moment iso={step.tx.time} /> · <Said>{step.how}</Said>
          </li>
        ))}
      </ol>
    </div>
  );
}

function WhatIf({ address, withChange }: { address: string; withChange: boolean }) {
  const { t } = useTranslation();
  const [without, setWithout] = useState<string | null>(null);
  const asked = useAnswer(without === null ? null : `${address} ${without} ${withChange}`, (signal) =>
    api.POST("/v1/what-if", { body: { address, without: without ?? "", with_change: withChange }, signal }),
  );
  return (
    <>
      <h2>
        {t("cluster.what_if")} <LayerBadge layer="inference" />
      </h2>
      <AskFor label={t("cluster.without")} verb={t("cluster.ask")} onAsk={setWithout} />
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <div className="card">
          <p>
            <Count of={asked.answer.before} /> → <Count of={asked.answer.after} />
          </p>
          <ul>
            {asked.answer.parts.map((part) => (
              <li key={part.sample.join()}>
                <Count of={part.count} /> {part.holds_asked && t("cluster.holds_asked")}{" "}
                {part.sample.slice(0, 3).map((each) => (
                  <AddressLink key={each} address={each} />
                ))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Decisions({ rows }: { rows: Shapes["DecisionShown"][] }) {
  return (
    <ul>
      {rows.map((row) => (
        <li key={row.tx.txid}>
          <TxLink txid={row.tx.txid} /> · <Said>{row.outcome}</Said> · <Said>{row.reason}</Said>
        </li>
      ))}
    </ul>
  );
}
