/** What the reader chose: language, digits. Kept in this browser; nothing about what was looked at is. */
import { useDirection } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { firstLanguage, type Language, LANGUAGES } from "../i18n";
import { type Digits, writing, type Writing } from "./writing";

interface Reader {
  language: Language;
  digits: Digits;
  write: Writing;
  setLanguage: (language: Language) => void;
  setDigits: (digits: Digits) => void;
}

const ReaderContext = createContext<Reader | null>(null);

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (reader === null) throw new Error("no ReaderProvider");
  return reader;
}

export function ReaderProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [digits, setDigits] = useState<Digits>(localStorage.getItem("qaif.digits") === "arab" ? "arab" : "latn");
  useEffect(() => {
    document.documentElement.lang = language;
    setDirection(LANGUAGES[language].direction);
    localStorage.setItem("qaif.language", language);
    void i18n.changeLanguage(language);
  }, [language, i18n, setDirection]);
  useEffect(() => localStorage.setItem("qaif.digits", digits), [digits]);
  const reader = useMemo(
    () => ({ language, digits, write: writing(language, digits), setLanguage, setDigits }),
    [language, digits],
  );
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}
