/** The case board: work under way with its progress, and the cases that one is a member of. */
import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Problem, problemOf, type Shapes, useAnswer } from "../api/client";
import { Ltr, Moment, ProblemShown, Said, Waiting } from "../shown/shown";

const LOOK_AGAIN_MS = 1_500;

export default function CasesPage() {
  const { t } = useTranslation();
  const [turn, setTurn] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = () => setTurn((now) => now + 1);
  const begin = async (address: string) => {
    setProblem(null);
    const { error } = await api.POST("/v1/jobs", { body: { address, inference: true } });
    if (error !== undefined) setProblem(problemOf(error));
    again();
  };
  return (
    <>
      <h1>{t("cases.title")}</h1>
      <Begin begin={begin} />
      {problem !== null && <ProblemShown problem={problem} />}
      <Jobs turn={turn} again={again} />
      <Cases turn={turn} />
    </>
  );
}

function Begin({ begin }: { begin: (address: string) => Promise<void> }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  return (
    <form
      className="ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void begin(text.trim());
      }}
    >
      <TextInput dir="ltr" label={t("cases.begin")} value={text} maxLength={200} onChange={(event) => setText(event.currentTarget.value)} />
      <Button type="submit" color="blue.9">
        {t("cases.go")}
      </Button>
    </form>
  );
}

const UNDER_WAY = new Set(["waiting", "running"]);

function Jobs({ turn, again }: { turn: number; again: () => void }) {
  const { t } = useTranslation();
  const [jobs, setJobs] = useState<Shapes["JobShown"][]>([]);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () =>
      void api.GET("/v1/jobs").then(({ data }) => {
        if (gone || data === undefined) return;
        setJobs(data.jobs);
        if (data.jobs.some((job) => UNDER_WAY.has(job.state))) timer = setTimeout(look, LOOK_AGAIN_MS);
      });
    look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [turn]);
  if (jobs.length === 0) return null;
  const cancel = async (id: string) => {
    await api.DELETE("/v1/jobs/{job_id}", { params: { path: { job_id: id } } });
    again();
  };
  return (
    <section>
      <h2>{t("cases.jobs")}</h2>
      <table className="rows">
        <thead>
          <tr>
            <th>{t("cases.case")}</th>
            <th>{t("cases.state")}</th>
            <th>{t("cases.progress")}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id} data-job={job.state}>
              <td>
                <Ltr mono>{job.case_id}</Ltr>
              </td>
              <td>
                {t(`job.${job.state}`)} {job.error_message !== null && <Said>{job.error_message}</Said>}
              </td>
              <td>
                {UNDER_WAY.has(job.state) && (
                  <>
                    <progress aria-label={t("cases.progress")} value={job.done} max={Math.max(job.total, 1)} />{" "}
                    <button type="button" className="plain" onClick={() => void cancel(job.id)}>
                      {t("cancel")}
                    </button>
                  </>
                )}
                {job.state === "done" && <CaseLinks id={job.case_id} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function CaseLinks({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <span className="links">
      <a href={`/v1/cases/${encodeURIComponent(id)}/page`} target="_blank" rel="noreferrer">
        {t("cases.page")}
      </a>
      <a href={`/v1/cases/${encodeURIComponent(id)}/data`} download={`${id}.json`}>
        {t("cases.data")}
      </a>
    </span>
  );
}

function Cases({ turn }: { turn: number }) {
  const { t } = useTranslation();
  const asked = useAnswer(`cases ${turn}`, (signal) => api.GET("/v1/cases", { signal }));
  return (
    <section>
      <h2>{t("cases.list")}</h2>
      {asked.state === "waiting" && <Waiting />}
      {asked.state === "failed" && <ProblemShown problem={asked.problem} />}
      {asked.state === "answered" && asked.answer.cases.length === 0 && <p>{t("cases.none")}</p>}
      {asked.state === "answered" && asked.answer.cases.map((id) => <CaseCard key={id} id={id} />)}
    </section>
  );
}

function CaseCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const asked = useAnswer(id, (signal) => api.GET("/v1/cases/{case_id}", { params: { path: { case_id: id } }, signal }));
  return (
    <div className="card">
      <h3>
        <Ltr mono>{id}</Ltr>
      </h3>
      {asked.state === "answered" && (
        <>
          <p>{t("cases.members")}</p>
          <ul>
            {asked.answer.members.map((member) => (
              <li key={member.user}>
                <Said>{member.user}</Said> · <Moment iso={member.since} />
              </li>
            ))}
          </ul>
          {asked.answer.written && <CaseLinks id={id} />}
        </>
      )}
    </div>
  );
}
