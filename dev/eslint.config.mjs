// Run from the folder that holds its packages, under the cache: see dev/lint.
import js from "@eslint/js";
import globals from "globals";

export default [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", owl: "readonly", luxon: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            "no-unused-vars": ["error", { args: "none" }],
            "prefer-const": "error",
            "no-var": "error",
            eqeqeq: "error",
            curly: "error",
            "no-console": "error",
        },
    },
];
