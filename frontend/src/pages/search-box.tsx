/** One box for anything: an address, a transaction, a block, a name in any script. `/` leads to it from everywhere. */
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import { cleaned, placeOf } from "./kind";

export function SearchBox() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const [text, setText] = useState("");
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input,textarea,select") !== null;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <form
      role="search"
      className="search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = cleaned(text);
        if (wanted !== "") go(placeOf(wanted));
      }}
    >
      <TextInput
        ref={box}
        dir="auto"
        aria-label={t("search.label")}
        placeholder={t("search.placeholder")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
      />
      <button type="submit" className="plain">
        {t("search.go")}
      </button>
    </form>
  );
}
