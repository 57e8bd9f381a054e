// The rules of the browser side. Where a rule is set off, the line says why.
import js from "@eslint/js";
import globals from "globals";

const MAX_LINE = 120;

export default [
  { ignores: ["console/static/vendor/**", ".venv/**", ".asterisk/**", "var/**", "build/**", "dist/**"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "eqeqeq": "error",
      "max-len": ["error", { code: MAX_LINE }],
      "no-eval": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-throw-literal": "error",
      "no-unused-vars": ["error", { caughtErrors: "all" }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["console/static/js/**"], languageOptions: { globals: globals.browser } },
  { files: ["console/static/js/shared/theme.js"], languageOptions: { sourceType: "script" } },
  {
    files: ["console/static/js/worker/**"],
    languageOptions: {
      sourceType: "script",
      // The server writes these two above the file: console/pages/webapp.py.
      globals: { ...globals.serviceworker, VERSION: "readonly", FILES: "readonly" },
    },
  },
  { files: ["tests/js/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { files: ["*.js"], languageOptions: { globals: globals.node } },
];
