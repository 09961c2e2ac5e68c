/** Who is signed in. The token of a start stands behind the #, is read once, and is gone from the address at once. */
import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, keepCsrf, type Problem, problemOf, type Shapes } from "../api/client";
import { ProblemShown, Waiting } from "./shown";

type Who = Shapes["Who"];
const SessionContext = createContext<{ who: Who; leave: () => void } | null>(null);

export function useSession() {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("no session");
  return session;
}

/** Takes the token out of the address. */
function tokenOfStart(): string | null {
  const found = /^#token=([A-Za-z0-9_-]+)$/.exec(window.location.hash)?.[1] ?? null;
  if (found !== null) window.history.replaceState(null, "", "/#/");
  return found;
}

type State = { is: "asking" } | { is: "out"; problem: Problem | null } | { is: "in"; who: Who };

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ is: "asking" });
  const enter = useCallback(async (body: { user?: string; password?: string; token?: string }) => {
    const told = { user: "", password: "", token: "", ...body };
    const { data, error } = await api.POST("/v1/session", { body: told });
    if (data === undefined) setState({ is: "out", problem: problemOf(error) });
    else setState(entered(data));
  }, []);
  const leave = useCallback(() => {
    void api.DELETE("/v1/session").finally(() => {
      keepCsrf("");
      setState({ is: "out", problem: null });
    });
  }, []);
  useEffect(() => {
    const token = tokenOfStart();
    const asked = token === null ? api.GET("/v1/session") : api.POST("/v1/session", { body: { user: "", password: "", token } });
    asked.then(
      ({ data, error }) => {
        if (data !== undefined) setState(entered(data));
        else if (token !== null) setState({ is: "out", problem: problemOf(error) });
        else setState({ is: "out", problem: null });
      },
      (error: unknown) => setState({ is: "out", problem: problemOf(error) }),
    );
  }, []);
  if (state.is === "asking") return <Waiting />;
  if (state.is === "out") return <SignIn problem={state.problem} enter={enter} />;
  return <SessionContext value={{ who: state.who, leave }}>{children}</SessionContext>;
}

function entered(who: Who): State {
  keepCsrf(who.csrf ?? "");
  return { is: "in", who };
}

function SignIn({ problem, enter }: { problem: Problem | null; enter: (body: { user?: string; password?: string; token?: string }) => Promise<void> }) {
  const { t } = useTranslation();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  return (
    <main id="main" className="sign-in" tabIndex={-1}>
      <h1>{t("sign_in.title")}</h1>
      <Alert color="blue.9" variant="outline" title={t("sign_in.how")}>
        {t("sign_in.link")}
      </Alert>
      {problem !== null && <ProblemShown problem={problem} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter(user === "" ? { token: password } : { user, password });
        }}
      >
        <TextInput label={t("sign_in.user")} value={user} onChange={(event) => setUser(event.currentTarget.value)} autoComplete="username" dir="auto" />
        <PasswordInput
          label={t("sign_in.password")}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": t("sign_in.show") }}
        />
        <p>
          <Button type="submit" color="blue.9" disabled={password === ""}>
            {t("sign_in.go")}
          </Button>
        </p>
      </form>
    </main>
  );
}
