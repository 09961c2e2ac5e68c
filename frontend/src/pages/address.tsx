/** An address: what it did, when that changed, with whom, how sure each of it is. */
import { Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, type Shapes, useAnswer } from "../api/client";
import { Months } from "../shown/months";
import { useReader } from "../shown/reader";
import { AddressLink, Btc, Count, EnvelopeLine, Fiat, Figure, LayerBadge, Ltr, Moment, ProblemShown, Said, TxLink, Waiting } from "../shown/shown";
import { Flows } from "./flows";

export default function AddressPage({ address }: { address: string }) {
  const { t } = useTranslation();
  const [asOf, setAsOf] = useState("");
  const moment = /^([0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2})$/.test(asOf) ? asOf : null;
  const asked = useAnswer(`${address} ${moment ?? ""}`, (signal) =>
    api.POST("/v1/review", {
      body: { addresses: [address], as_of: moment, inference: true, most_largest: 10, most_counterparties: 25 },
      signal,
    }),
  );
  const part = encodeURIComponent(address);
  return (
    <>
      <h1>
        {t("address_page.title")} <Ltr mono>{address}</Ltr>
      </h1>
      <p className="links">
        <Link href={`/graph/${part}`}>{t("address_page.graph")}</Link>
        <Link href={`/cluster/${part}`}>{t("address_page.cluster")}</Link>
        <Link href={`/claims/${part}`}>{t("address_page.claims")}</Link>
        <label>
          {t("address_page.as_of")}{" "}
          <input dir="ltr" size={12} value={asOf} placeholder="2024-05-01" onChange={(event) => setAsOf(event.target.value)} />
        </label>
      </p>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && <Review review={asked.answer} address={address} moment={moment} />}
    </>
  );
}

function Review({ review, address, moment }: { review: Shapes["ReviewAnswer"]; address: string; moment: string | null }) {
  const { t } = useTranslation();
  const activity = useAnswer(`activity ${address} ${moment ?? ""}`, (signal) =>
    api.POST("/v1/activity", { body: { addresses: [address], as_of: moment, dates: [], burst_days: 7, inference: true }, signal }),
  );
  const { write } = useReader();
  const counted = (count: number) => ({ count, n: write.count(count) });
  const since = activity.state === "answered" ? activity.answer.since : null;
  return (
    <>
      <EnvelopeLine answer={review} />
      <Figures review={review} />
      <h2>
        {t("address_page.months")} <LayerBadge layer="fact" />
      </h2>
      <Months rows={review.by_month} since={since} />
      <h2>
        {t("address_page.change")} <LayerBadge layer="inference" />
      </h2>
      {activity.state === "waiting" && <Waiting cancel={activity.cancel} />}
      {activity.state === "failed" && <ProblemShown problem={activity.problem} />}
      {activity.state === "answered" && (
        <div className="card">
          <p>
            <Said>{activity.answer.sentence}</Said>
          </p>
          <ul className="quiet">
            {activity.answer.limits.map((limit) => (
              <li key={limit}>
                <Said>{limit}</Said>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Tabs defaultValue="in" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="in">{t("address_page.from_whom", counted(review.counterparties.in_count))}</Tabs.Tab>
          <Tabs.Tab value="out">{t("address_page.to_whom", counted(review.counterparties.out_count))}</Tabs.Tab>
          <Tabs.Tab value="largest">{t("address_page.largest")}</Tabs.Tab>
          <Tabs.Tab value="flows">{t("address_page.handoffs")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="in">
          <Counterparties rows={review.counterparties.in} all={review.counterparties.in_count} />
        </Tabs.Panel>
        <Tabs.Panel value="out">
          <Counterparties rows={review.counterparties.out} all={review.counterparties.out_count} />
        </Tabs.Panel>
        <Tabs.Panel value="largest">
          <Largest rows={review.largest} />
        </Tabs.Panel>
        <Tabs.Panel value="flows">
          <Flows address={address} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Figures({ review }: { review: Shapes["ReviewAnswer"] }) {
  const { t } = useTranslation();
  const { write } = useReader();
  const { fiat } = review;
  const least = review.lower_bound;
  return (
    <dl className="figures">
      <Figure name={t("transactions")} layer="fact">
        <Count of={review.tx_count} />
      </Figure>
      <Figure name={t("received")} layer="fact">
        <Btc sat={review.received_sat} least={least} />
        <Fiat amount={fiat.at_transaction_day.received} currency={fiat.currency} />
      </Figure>
      <Figure name={t("sent")} layer="fact">
        <Btc sat={review.sent_at_least_sat} least={least} />
        <Fiat amount={fiat.at_transaction_day.sent} currency={fiat.currency} />
      </Figure>
      <Figure name={t("net_received")} layer="fact">
        <Btc sat={review.net_received_sat} least={least} />
        <Fiat amount={fiat.at_transaction_day.net_received} currency={fiat.currency} />
      </Figure>
      <Figure name={t("balance")} layer="fact">
        <Btc sat={review.balance_sat} />
      </Figure>
      <Figure name={t("turnover")} layer="fact">
        <Btc sat={review.turnover_sat} least={least} />
        <Fiat amount={fiat.at_transaction_day.turnover} currency={fiat.currency} />
      </Figure>
      <Figure name={t("first_seen")} layer="fact">
        {review.first_seen ? <Moment iso={review.first_seen.time} /> : t("never")}
      </Figure>
      <Figure name={t("last_seen")} layer="fact">
        {review.last_seen ? <Moment iso={review.last_seen.time} /> : t("never")}
      </Figure>
      <Figure name={t("active_days")} layer="fact">
        {write.count(review.active_days)}
      </Figure>
      {fiat.source !== null && (
        <Figure name={t("price_source")}>
          <Said>{fiat.source}</Said>
        </Figure>
      )}
    </dl>
  );
}

function Counterparties({ rows, all }: { rows: Shapes["Counterparty"][]; all: number }) {
  const { t } = useTranslation();
  return (
    <>
      {all > rows.length && (
        <p className="quiet">
          {t("left_out")} <Count of={all - rows.length} />
        </p>
      )}
      <table className="rows">
        <thead>
          <tr>
            <th>{t("address")}</th>
            <th className="number">{t("transactions")}</th>
            <th className="number">{t("amount")}</th>
            <th>{t("first_seen")}</th>
            <th>{t("last_seen")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.kind} ${row.script_hex ?? ""}`}>
              <td>{row.kind === "script" ? <AddressLink address={row.address} /> : <Said>{row.kind}</Said>}</td>
              <td className="number">
                <Count of={row.tx_count} />
              </td>
              <td className="number">
                <Btc sat={row.amount_sat} least={row.inputs_unknown_value > 0} />
              </td>
              <td>
                <Moment iso={row.first_seen.time} />
              </td>
              <td>
                <Moment iso={row.last_seen.time} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Largest({ rows }: { rows: Shapes["LargestTransfer"][] }) {
  const { t } = useTranslation();
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>{t("transaction")}</th>
          <th>{t("direction")}</th>
          <th className="number">{t("amount")}</th>
          <th>{t("time")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.txid} ${row.direction}`}>
            <td>
              <TxLink txid={row.txid} />
            </td>
            <td>{t(`direction_of.${row.direction}`)}</td>
            <td className="number">
              <Btc sat={row.amount_sat} least={row.lower_bound} />
            </td>
            <td>
              <Moment iso={row.time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
