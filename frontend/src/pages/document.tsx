/** A document: its text with what was found in it marked, and each finding accepted, edited or rejected by a key. */
import { Button, TextInput } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type Problem, problemOf, type Shapes, useAnswer } from "../api/client";
import { AddressLink, Count, EnvelopeLine, LayerBadge, Ltr, ProblemShown, Said, Waiting } from "../shown/shown";
import { shownText } from "../shown/writing";
import { piecesOf } from "./spans";

type Proposal = Omit<Shapes["ProposalShown"], "span"> & { span: readonly number[] };
type Decision = "accepted" | "rejected" | "edited";

export default function DocumentPage({ sha256 }: { sha256: string }) {
  const { t } = useTranslation();
  const text = useAnswer(`text ${sha256}`, (signal) => api.POST("/v1/document", { body: { document: sha256 }, signal }));
  const found = useAnswer(`proposals ${sha256}`, (signal) =>
    api.POST("/v1/proposals", { body: { document: sha256, regions: [] }, signal }),
  );
  return (
    <>
      <h1>
        {t("documents.one")} {text.state === "answered" && <Said>{text.answer.name}</Said>}
      </h1>
      {(text.state === "waiting" || found.state === "waiting") && <Waiting />}
      {text.state === "failed" && <ProblemShown problem={text.problem} />}
      {found.state === "failed" && <ProblemShown problem={found.problem} />}
      {text.state === "answered" && found.state === "answered" && (
        <>
          <EnvelopeLine answer={found.answer} />
          <Desk text={text.answer.text} first={found.answer.proposals} contradictions={found.answer.contradictions} />
        </>
      )}
    </>
  );
}

function Desk({ text, first, contradictions }: { text: string; first: Proposal[]; contradictions: { sentence: string }[] }) {
  const { t } = useTranslation();
  const [proposals, setProposals] = useState(first);
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const [source, setSource] = useState("");
  const chosen = proposals[at];
  const decide = useCallback(
    async (decision: Decision, value?: string) => {
      if (chosen === undefined) return;
      setProblem(null);
      const { data, error } = await api.POST("/v1/decisions", {
        body: {
          decision,
          ids: [chosen.id],
          asserted_by: source,
          resting_on: null,
          reliability: "F",
          credibility: 6,
          status: null,
          reason: "",
          changes: value === undefined ? {} : { value },
        },
      });
      if (data === undefined) {
        setProblem(problemOf(error));
        return;
      }
      const decided = new Map(data.decided.map((each) => [each.id, each]));
      setProposals((now) => now.map((each) => decided.get(each.id) ?? each));
      setEditing(null);
      setAt((now) => Math.min(now + 1, first.length - 1));
    },
    [chosen, source, first.length],
  );
  useKeys({
    j: () => setAt(Math.min(at + 1, proposals.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    a: () => void decide("accepted"),
    r: () => void decide("rejected"),
    e: () => setEditing(valueOf(chosen)),
  });
  const open = proposals.filter((each) => each.decision === "open").length;
  return (
    <>
      <p>
        {t("documents.open")} <Count of={open} /> / <Count of={proposals.length} /> · <Keys />
      </p>
      <TextInput
        label={t("documents.asserted_by")}
        description={t("documents.asserted_by_hint")}
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
        dir="auto"
        maxLength={300}
      />
      {problem !== null && <ProblemShown problem={problem} />}
      {contradictions.length > 0 && (
        <section className="card contradiction">
          <h2>{t("claims.contradictions")}</h2>
          {contradictions.map((each) => (
            <p key={each.sentence}>
              <Said>{each.sentence}</Said>
            </p>
          ))}
        </section>
      )}
      <div className="two">
        <Marked text={text} proposals={proposals} chosen={chosen?.id ?? ""} onChoose={(id) => setAt(proposals.findIndex((each) => each.id === id))} />
        <ol className="proposals">
          {proposals.map((each, n) => (
            <Row
              key={each.id}
              proposal={each}
              chosen={n === at}
              onChoose={() => setAt(n)}
              editing={n === at ? editing : null}
              setEditing={setEditing}
              decide={decide}
            />
          ))}
        </ol>
      </div>
    </>
  );
}

function Keys() {
  const { t } = useTranslation();
  return (
    <span className="quiet">
      <kbd>j</kbd> <kbd>k</kbd> {t("documents.key_move")} · <kbd>a</kbd> {t("documents.accept")} · <kbd>e</kbd> {t("documents.edit")} · <kbd>r</kbd> {t("documents.reject")}
    </span>
  );
}

/** Keys that do something while no field is written in. */
function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing = event.target instanceof HTMLElement && event.target.closest("input,textarea,select") !== null;
      if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = latest.current[event.key.toLowerCase()];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function Marked({ text, proposals, chosen, onChoose }: { text: string; proposals: Proposal[]; chosen: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const pieces = useMemo(() => piecesOf(text, proposals), [text, proposals]);
  const decisions = new Map(proposals.map((each) => [each.id, each.decision]));
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.querySelector("mark.chosen")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div className="document" dir="auto" ref={place} tabIndex={0} role="region" aria-label={t("documents.text")}>
      {pieces.map((piece, n) => {
        const { id } = piece;
        if (id === null) return <span key={n}>{shownText(piece.text)}</span>;
        return (
          <mark key={n} className={`${decisions.get(id) ?? ""}${id === chosen ? " chosen" : ""}`} onClick={() => onChoose(id)}>
            {shownText(piece.text)}
          </mark>
        );
      })}
    </div>
  );
}

function valueOf(proposal: Proposal | undefined): string {
  const { value, quote } = (proposal?.payload ?? {}) as { value?: unknown; quote?: unknown };
  return typeof value === "string" ? value : typeof quote === "string" ? quote : "";
}

interface RowProps {
  proposal: Proposal;
  chosen: boolean;
  onChoose: () => void;
  editing: string | null;
  setEditing: (text: string | null) => void;
  decide: (decision: Decision, value?: string) => Promise<void>;
}

function Row({ proposal, chosen, onChoose, editing, setEditing, decide }: RowProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) place.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const value = valueOf(proposal);
  return (
    <li ref={place} className={chosen ? "chosen" : undefined} aria-current={chosen} data-decision={proposal.decision}>
      <button type="button" className="plain" onClick={onChoose}>
        <Ltr>{proposal.kind}</Ltr>
      </button>{" "}
      {proposal.kind === "bitcoin-address" ? <AddressLink address={value} /> : <Said>{value}</Said>}{" "}
      <span className="quiet">
        <Ltr mono>{proposal.made_by}</Ltr> · {t(`decision.${proposal.decision}`)}
      </span>{" "}
      {proposal.decision === "accepted" && <LayerBadge layer="claim" />}
      {chosen && (
        <p className="links">
          <Button size="xs" color="#1d6b1d" onClick={() => void decide("accepted")}>
            {t("documents.accept")}
          </Button>
          <Button size="xs" color="gray.8" onClick={() => setEditing(value)}>
            {t("documents.edit")}
          </Button>
          <Button size="xs" color="red.9" onClick={() => void decide("rejected")}>
            {t("documents.reject")}
          </Button>
        </p>
      )}
      {editing !== null && (
        <form
          className="ask"
          onSubmit={(event) => {
            event.preventDefault();
            void decide("edited", editing);
          }}
        >
          <TextInput autoFocus dir="auto" label={t("documents.new_value")} value={editing} onChange={(event) => setEditing(event.currentTarget.value)} />
          <Button type="submit" size="xs" color="blue.9">
            {t("documents.keep")}
          </Button>
        </form>
      )}
    </li>
  );
}
