/** Language and digits. */
import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { isLanguage, LANGUAGES } from "../i18n";
import { useReader } from "./reader";

export function Choices() {
  const { t } = useTranslation();
  const reader = useReader();
  return (
    <div className="choices">
      <NativeSelect
        aria-label={t("language")}
        value={reader.language}
        onChange={(event) => {
          if (isLanguage(event.target.value)) reader.setLanguage(event.target.value);
        }}
        data={Object.entries(LANGUAGES).map(([value, { name }]) => ({ value, label: name }))}
      />
      <NativeSelect
        aria-label={t("digits")}
        value={reader.digits}
        onChange={(event) => reader.setDigits(event.target.value === "arab" ? "arab" : "latn")}
        data={[
          { value: "latn", label: "0123" },
          { value: "arab", label: "٠١٢٣" },
        ]}
      />
    </div>
  );
}
