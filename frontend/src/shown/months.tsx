/** Monthly columns: what came in above the line, what went out below, the detected change as a mark. Zoom by dragging. */
import "uplot/dist/uPlot.min.css";

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import uPlot from "uplot";

import type { Shapes } from "../api/client";
import { useReader } from "./reader";
import { Btc, Count } from "./shown";

type Row = Shapes["MonthRow"];
const SAT = 100_000_000;

export function Months({ rows, since }: { rows: Row[]; since: string | null }) {
  const place = useRef<HTMLDivElement>(null);
  const { t } = useTranslation();
  const { write, digits } = useReader();
  useEffect(() => {
    const parent = place.current;
    if (parent === null || rows.length === 0) return;
    const plot = new uPlot(optionsOf(parent.clientWidth), dataOf(rows), parent);
    const fit = new ResizeObserver(() => plot.setSize({ width: parent.clientWidth, height: HEIGHT }));
    fit.observe(parent);
    return () => {
      fit.disconnect();
      plot.destroy();
    };

    function optionsOf(width: number): uPlot.Options {
      const bars = uPlot.paths.bars?.({ size: [0.8, 40] });
      const seconds = since === null ? null : Date.parse(`${since}T00:00:00Z`) / 1000;
      return {
        width,
        height: HEIGHT,
        tzDate: (stamp) => uPlot.tzDate(new Date(stamp * 1000), "UTC"),
        scales: { x: { time: true } },
        axes: [
          { values: (_, splits) => splits.map((stamp) => write.month(new Date(stamp * 1000).toISOString())), space: 70 },
          { values: (_, splits) => splits.map((value) => write.decimal(String(Math.round(value * 100) / 100))), size: 76 },
        ],
        series: [
          { label: t("month"), value: (_, stamp: number | null) => (stamp === null ? "–" : write.month(new Date(stamp * 1000).toISOString())) },
          { label: `${t("received")} BTC`, fill: "#2b6a99", width: 0, ...(bars && { paths: bars }), value: written },
          { label: `${t("sent")} BTC`, fill: "#b25a1d", width: 0, ...(bars && { paths: bars }), value: written },
        ],
        hooks: seconds === null ? {} : { draw: [(drawn) => mark(drawn, seconds, t("change_detected"))] },
      };
    }

    function written(_: uPlot, value: number | null): string {
      return value === null ? "–" : write.decimal(Math.abs(value).toFixed(8));
    }
  }, [rows, since, write, t, digits]);
  return (
    <>
      <div ref={place} className="plot" dir="ltr" role="img" aria-label={t("months_picture")} />
      <details>
        <summary>{t("months_table")}</summary>
        <table className="rows">
          <thead>
            <tr>
              <th>{t("month")}</th>
              <th className="number">{t("transactions")}</th>
              <th className="number">{t("received")}</th>
              <th className="number">{t("sent")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.month} className={since !== null && row.month === since.slice(0, 7) ? "marked" : undefined}>
                <td>{write.month(row.month)}</td>
                <td className="number">
                  <Count of={row.tx_count} />
                </td>
                <td className="number">
                  <Btc sat={row.received_sat} />
                </td>
                <td className="number">
                  <Btc sat={row.sent_at_least_sat} least={row.inputs_unknown_value > 0} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

const HEIGHT = 260;

function dataOf(rows: Row[]): uPlot.AlignedData {
  return [
    rows.map((row) => Date.parse(`${row.month}-01T00:00:00Z`) / 1000),
    rows.map((row) => row.received_sat / SAT),
    rows.map((row) => -row.sent_at_least_sat / SAT),
  ];
}

function mark(plot: uPlot, seconds: number, words: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(seconds, "x", true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = "#8a1c1c";
  ctx.setLineDash([6, 4]);
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  const left = x > bbox.left + bbox.width * 0.7;
  ctx.textAlign = left ? "right" : "left";
  ctx.fillText(words, x + (left ? -6 : 6), bbox.top + 16);
  ctx.restore();
}
