/** A transaction: what it spends, where it pays, what its shape and its change are taken for. */
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { api, type Shapes, useAnswer } from "../api/client";
import { useReader } from "../shown/reader";
import { AddressLink, Btc, Count, EnvelopeLine, Figure, LayerBadge, Ltr, Moment, ProblemShown, Said, TxLink, Waiting } from "../shown/shown";

export function TxPage({ txid }: { txid: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(txid, (signal) => api.POST("/v1/tx", { body: { txid }, signal }));
  return (
    <>
      <h1>
        {t("tx.title")} <Ltr mono>{txid}</Ltr>
      </h1>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && (
        <>
          <EnvelopeLine answer={asked.answer} />
          {asked.answer.transactions.map((each) => (
            <Transaction key={each.where.block_hash} tx={each} />
          ))}
        </>
      )}
    </>
  );
}

function Transaction({ tx }: { tx: Shapes["TxShown"] }) {
  const { t } = useTranslation();
  const { write } = useReader();
  return (
    <>
      <dl className="figures">
        <Figure name={t("tx.block")} layer="fact">
          <Link href={`/block/${tx.where.block_hash}`}>
            {tx.where.height === null ? <Ltr mono>{tx.where.block_hash.slice(0, 12)}</Ltr> : <Count of={tx.where.height} />}
          </Link>{" "}
          <Moment iso={tx.where.time} />
        </Figure>
        <Figure name={t("tx.paid")} layer="fact">
          <Btc sat={tx.output_sat} />
        </Figure>
        <Figure name={t("tx.fee")} layer="fact">
          <Btc sat={tx.fee_sat} />{" "}
          {tx.fee_rate !== null && <Ltr>{write.decimal(tx.fee_rate)} sat/vB</Ltr>}
        </Figure>
      </dl>
      <div className="two">
        <Inputs inputs={tx.inputs} coinbase={tx.coinbase} />
        <Outputs outputs={tx.outputs} possible={tx.change.possible} />
      </div>
      <h2>
        {t("tx.shapes")} <LayerBadge layer="inference" />
      </h2>
      <ul>
        {tx.shapes
          .filter((shape) => shape.verdict !== "no")
          .map((shape) => (
            <li key={shape.method}>
              <Said>{shape.title}</Said>: {t(`verdict.${shape.verdict}`)} · <Said>{shape.reason}</Said>
            </li>
          ))}
        {tx.shapes.every((shape) => shape.verdict === "no") && <li>{t("tx.no_shape")}</li>}
      </ul>
    </>
  );
}

function Inputs({ inputs, coinbase }: { inputs: Shapes["TxInput"][]; coinbase: boolean }) {
  const { t } = useTranslation();
  return (
    <section>
      <h2>
        {t("tx.spends")} <LayerBadge layer="fact" />
      </h2>
      {coinbase && <p>{t("tx.coinbase")}</p>}
      <table className="rows">
        <thead>
          <tr>
            <th>{t("address")}</th>
            <th className="number">{t("amount")}</th>
          </tr>
        </thead>
        <tbody>
          {inputs.map((input) => (
            <tr key={input.n}>
              <td>
                {input.script ? <AddressLink address={input.script.address} /> : t("unknown")}
                {input.txid !== null && (
                  <>
                    {" "}
                    <TxLink txid={input.txid} />
                  </>
                )}
              </td>
              <td className="number">
                <Btc sat={input.value_sat} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Outputs({ outputs, possible }: { outputs: Shapes["TxOutput"][]; possible: number[] }) {
  const { t } = useTranslation();
  const sorted = [...outputs].sort(
    (one, other) => Number(possible.includes(one.n)) - Number(possible.includes(other.n)) || other.value_sat - one.value_sat,
  );
  return (
    <section>
      <h2>
        {t("tx.pays")} <LayerBadge layer="fact" />
      </h2>
      <p className="quiet">{t("tx.order")}</p>
      <table className="rows">
        <thead>
          <tr>
            <th>{t("address")}</th>
            <th>{t("tx.spent_by")}</th>
            <th className="number">{t("amount")}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((output) => (
            <tr key={output.n}>
              <td>
                {output.script ? <AddressLink address={output.script.address} /> : t("unknown")}{" "}
                {possible.includes(output.n) && (
                  <>
                    {t("tx.may_be_change")} <LayerBadge layer="inference" />
                  </>
                )}
              </td>
              <td>{output.spent_by ? <TxLink txid={output.spent_by.txid} /> : t("tx.not_spent")}</td>
              <td className="number">
                <Btc sat={output.value_sat} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
