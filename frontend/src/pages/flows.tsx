/** Arrivals at and departures from services, asked only when looked at: it takes a while. */
import { useTranslation } from "react-i18next";

import { api, type Shapes, useAnswer } from "../api/client";
import { AddressLink, Btc, EnvelopeLine, Moment, ProblemShown, Said, TxLink, Waiting } from "../shown/shown";

export function Flows({ address }: { address: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(address, (signal) =>
    api.POST("/v1/handoffs", {
      body: {
        subjects: [address],
        direction: "both",
        stops: [],
        by: "cluster",
        with_change: false,
        service_scripts: 1_000,
        hops: 6,
        transactions: 1_000,
        fan: 100,
        least_sat: 1_000,
      },
      signal,
    }),
  );
  if (asked.state === "waiting") return <Waiting cancel={asked.cancel} />;
  if (asked.state === "failed") return <ProblemShown problem={asked.problem} />;
  if (asked.state === "idle") return null;
  return (
    <>
      <EnvelopeLine answer={asked.answer} />
      <p className="quiet">
        <Said>{asked.answer.says_nothing_of}</Said>
      </p>
      <h3>{t("handoffs.departures")}</h3>
      <Table rows={asked.answer.departures} />
      <h3>{t("handoffs.arrivals")}</h3>
      <Table rows={asked.answer.arrivals} />
    </>
  );
}

function Table({ rows }: { rows: Shapes["Handoff"][] }) {
  const { t } = useTranslation();
  if (rows.length === 0) return <p>{t("handoffs.none")}</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>{t("transaction")}</th>
          <th>{t("address")}</th>
          <th className="number">{t("amount")}</th>
          <th>{t("handoffs.rests_on")}</th>
          <th>{t("time")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, 200).map((row) => (
          <tr key={`${row.tx.txid} ${row.outpoints.join()}`}>
            <td>
              <TxLink txid={row.tx.txid} />
            </td>
            <td>
              {row.addresses.slice(0, 3).map((each) => (
                <AddressLink key={each.script_hex} address={each.address} />
              ))}
            </td>
            <td className="number">
              <Btc sat={row.amount_sat} />
            </td>
            <td>
              <Said>{row.rests_on}</Said>
              {row.said.map((each) => (
                <div key={each.text}>
                  <Said>{each.text}</Said> · <Said>{each.by}</Said>
                </div>
              ))}
            </td>
            <td>
              <Moment iso={row.tx.time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
