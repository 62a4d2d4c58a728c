// Bundles src/ and Grafana's packages for the browser, into the folder named as the only argument.
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const out = process.argv[2];
const require = createRequire(import.meta.url);

// Scenes asks for version 6 of the router, Grafana's other packages for version 5. Grafana itself builds with this bridge.
const router = {
  name: "router of scenes",
  setup(asked) {
    const compat = require.resolve("react-router-dom-v5-compat");
    asked.onResolve({ filter: /^react-router-dom$/ }, ({ importer }) =>
      importer.includes(join("@grafana", "scenes")) ? { path: compat } : undefined,
    );
  },
};

// They name their CommonJS form as the main one: two forms of one package would be two Grafanas in a page.
const modules = {
  name: "modules of Grafana",
  setup(asked) {
    asked.onResolve({ filter: /^@grafana\/(data|e2e-selectors|runtime|schema|ui)$/ }, ({ path }) => ({
      path: join(dirname(require.resolve(`${path}/package.json`)), "dist", "esm", "index.mjs"),
      sideEffects: false,
    }));
    asked.onResolve({ filter: /^@grafana\/schema\/.*_types\.gen$/ }, ({ path }) => ({
      path: join(dirname(require.resolve("@grafana/schema/package.json")), `${path.replace("@grafana/schema/", "")}.js`),
    }));
    asked.onResolve({ filter: /^(monaco-editor|react-monaco-editor|@monaco-editor\/react)/ }, () => ({ path: "editor", namespace: "nothing" }));
    asked.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {}" }));
  },
};

// Modules named .mjs take these three as Node would, and would get an object in place of the component.
const defaults = {
  name: "default exports",
  setup(asked) {
    const filter = /^(react-custom-scrollbars-2|react-highlight-words|calculate-size)$/;
    asked.onResolve({ filter }, ({ path, namespace }) => (namespace === "default" ? undefined : { path, namespace: "default" }));
    asked.onLoad({ filter, namespace: "default" }, ({ path }) => ({
      contents: `export { default } from "${path}"; export * from "${path}";`,
      resolveDir: import.meta.dirname,
    }));
  },
};

await build({
  entryPoints: ["src/main.tsx"],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  jsx: "automatic",
  minify: true,
  plugins: [router, modules, defaults],
  define: { "process.env.NODE_ENV": '"production"', global: "window" },
  loader: { ".svg": "dataurl", ".png": "dataurl" },
  logLevel: "warning",
});
const ui = dirname(require.resolve("@grafana/ui/package.json"));
cpSync(join(ui, "dist", "public"), join(out, "public"), { recursive: true });
for (const [weight, name] of [[400, "Regular"], [500, "Medium"]]) {
  const font = require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
  cpSync(font, join(out, "public", "fonts", "inter", `Inter-${name}.woff2`));
}
