/** Who lists it, by authority and year: a matrix, and a slider for the day that is asked about. */
import { Slider, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Shapes, useAnswer } from "../api/client";
import { useReader } from "../shown/reader";
import { EnvelopeLine, LayerBadge, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";

const FIRST_YEAR = 2010;
const DAY = 86_400_000;
const FIRST = Date.UTC(FIRST_YEAR, 0, 1) / DAY;

export function Designations({ subject }: { subject: string }) {
  const { t } = useTranslation();
  const { write } = useReader();
  const [today] = useState(() => Math.floor(Date.now() / DAY));
  const [codes, setCodes] = useState("US GB EU UN IL");
  const [day, setDay] = useState(today);
  const [settled] = useDebouncedValue(`${day} ${codes}`, 300);
  const jurisdictions = codes.toUpperCase().split(/[^A-Z]+/).filter((code) => code.length === 2);
  const iso = new Date(day * DAY).toISOString().slice(0, 10);
  const asked = useAnswer(jurisdictions.length === 0 ? null : `${subject} ${settled}`, (signal) =>
    api.POST("/v1/designations", {
      body: { subject, jurisdictions, as_of: iso, since: FIRST_YEAR, stale_after: 30 },
      signal,
    }),
  );
  return (
    <section>
      <h2>
        {t("designations.title")} <LayerBadge layer="claim" />
      </h2>
      <div className="two narrow">
        <TextInput
          dir="ltr"
          label={t("designations.jurisdictions")}
          value={codes}
          onChange={(event) => setCodes(event.currentTarget.value)}
          maxLength={100}
        />
        <div>
          <p id="day-of-lists">
            {t("designations.day")} <Ltr>{write.day(iso)}</Ltr>
          </p>
          <Slider
            min={FIRST}
            max={today}
            value={day}
            onChange={setDay}
            label={null}
            thumbProps={{ "aria-labelledby": "day-of-lists", "aria-valuetext": iso }}
          />
        </div>
      </div>
      {asked.state === "waiting" && <Waiting cancel={asked.cancel} />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && <Answered answer={asked.answer} />}
    </section>
  );
}

function Answered({ answer }: { answer: Shapes["DesignationsAnswer"] }) {
  const { t } = useTranslation();
  const { write } = useReader();
  return (
    <>
      <EnvelopeLine answer={answer} />
      {answer.matrix !== null && <MatrixTable matrix={answer.matrix} />}
      {answer.authorities.map((each) => (
        <section key={each.jurisdiction} className="card">
          <h3>
            <Ltr>{each.jurisdiction}</Ltr>: <Status status={each.status} />
          </h3>
          <ul>
            {each.reasons.map((reason) => (
              <li key={reason}>
                <Said>{reason}</Said>
              </li>
            ))}
            {each.designations.map((one) => (
              <li key={one.id}>
                <Said>{one.authority.join(", ")}</Said> · <Said>{one.programme.join(", ")}</Said> ·{" "}
                <Said>{one.legal_act.join(", ")}</Said> · <Ltr>{one.from ?? "?"}</Ltr>
                {one.scope.length > 0 && (
                  <>
                    {" "}
                    · <Said>{one.scope.join(", ")}</Said>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {answer.candidates.length > 0 && <p>{t("designations.candidates", { count: answer.candidates.length, n: write.count(answer.candidates.length) })}</p>}
    </>
  );
}

function Status({ status }: { status: Shapes["AuthorityAnswer"]["status"] }) {
  const { t } = useTranslation();
  return <span className={`status status-${statusKey(status)}`}>{t(`status.${statusKey(status)}`)}</span>;
}

/** A status as a key of the catalogues. */
function statusKey(status: string): string {
  return status.replace(/[^a-z]+/g, "_");
}

function MatrixTable({ matrix }: { matrix: Shapes["Matrix"] }) {
  const { t } = useTranslation();
  const { write } = useReader();
  return (
    <div className="wide">
      <table className="rows matrix">
        <thead>
          <tr>
            <th>{t("designations.authority")}</th>
            {matrix.days.map((day) => (
              <th key={day}>
                <Ltr>{write.day(day).slice(0, 4)}</Ltr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.jurisdiction}>
              <th scope="row">
                <Ltr>{row.jurisdiction}</Ltr>
              </th>
              {row.statuses.map((status, n) => (
                <td key={matrix.days[n]} className={`status-${statusKey(status)}`} title={row.said[n]}>
                  {t(`status_short.${statusKey(status)}`)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
