/** The API, as its OpenAPI document types it. Everything that the pages know comes through here. */
import createClient from "openapi-fetch";
import { useCallback, useEffect, useRef, useState } from "react";

import type { components, paths } from "./schema";

export type Shapes = components["schemas"];
export type Layer = "fact" | "inference" | "claim";
export interface Problem {
  title: string;
  status: number;
  code: string;
  way_out: string;
  request_id: string;
}
export interface Envelope {
  layer: Layer;
  basis: Record<string, unknown>;
  as_of: Shapes["AsOf"] | null;
  coverage: Shapes["CoverageOf"];
}

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: "same-origin" });

let csrf = "";
/** Keep the token that changes need beside the session's cookie; in memory alone. */
export function keepCsrf(token: string): void {
  csrf = token;
}
api.use({
  onRequest({ request }) {
    if (csrf !== "") request.headers.set("x-csrf-token", csrf);
    return request;
  },
});

const isProblem = (error: unknown): error is Problem => typeof error === "object" && error !== null && "title" in error;

/** What went wrong, in the form of the API's own problems; `offline` where there was no answer at all. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error;
  return { title: String(error), status: 0, code: "offline", way_out: "", request_id: "" };
}

export type Asked<AnswerT> =
  | { state: "idle" }
  | { state: "waiting"; cancel: () => void }
  | { state: "answered"; answer: AnswerT }
  | { state: "failed"; problem: Problem };

type Ask<AnswerT> = (signal: AbortSignal) => Promise<{ data?: AnswerT; error?: unknown }>;

/** Ask something now and whenever `key` changes; a question that is no longer wanted is called off. */
export function useAnswer<AnswerT>(key: string | null, ask: Ask<AnswerT>): Asked<AnswerT> {
  const [kept, setKept] = useState<{ key: string | null; asked: Asked<AnswerT> }>({ key: null, asked: { state: "idle" } });
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  const run = useCallback((wanted: string, controller: AbortController) => {
    const settle = (asked: Asked<AnswerT>) => {
      if (!controller.signal.aborted) setKept({ key: wanted, asked });
    };
    latest.current(controller.signal).then(
      ({ data, error }) =>
        settle(data === undefined ? { state: "failed", problem: problemOf(error) } : { state: "answered", answer: data }),
      (error: unknown) => settle({ state: "failed", problem: problemOf(error) }),
    );
  }, []);
  const controllerOf = useRef<AbortController | null>(null);
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    controllerOf.current = controller;
    run(key, controller);
    return () => controller.abort();
  }, [key, run]);
  const cancel = useCallback(() => {
    controllerOf.current?.abort();
    setKept({ key, asked: { state: "idle" } });
  }, [key]);
  if (key === null) return { state: "idle" };
  return kept.key === key ? kept.asked : { state: "waiting", cancel };
}
