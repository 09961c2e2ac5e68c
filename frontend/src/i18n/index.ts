/** The languages of the pages: catalogues of the same keys, and the direction of each. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import ar from "./ar.json";
import en from "./en.json";

export const LANGUAGES = { ar: { name: "العربية", direction: "rtl" }, en: { name: "English", direction: "ltr" } } as const;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(text: string | null): text is Language {
  return text === "ar" || text === "en";
}

/** The language that was chosen before, else the browser's first that we have. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem("qaif.language");
  if (isLanguage(kept)) return kept;
  return navigator.languages.some((each) => each.startsWith("ar")) ? "ar" : "en";
}

export function startLanguages(): void {
  void i18next.use(initReactI18next).init({
    resources: { ar: { translation: ar }, en: { translation: en } },
    lng: firstLanguage(),
    fallbackLng: false,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
    initAsync: false,
  });
}
