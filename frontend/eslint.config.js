import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig([
  { ignores: ["node_modules", "src/api/schema.d.ts", "eslint.config.js"] },
  ...typescript.configs.strictTypeChecked,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "no-restricted-properties": [
        "error",
        { property: "dangerouslySetInnerHTML", message: "What others wrote is shown as text." },
        { property: "innerHTML", message: "What others wrote is shown as text." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "What others wrote is shown as text." },
      ],
    },
  },
]);
