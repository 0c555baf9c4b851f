// Builds the one file that is shipped. The same sources and lock file give the same bytes; `--check` compares them with
// the file that is committed.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const LIMIT = 15 * 1000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../bot/channels/static/interlude-chat.js");

const styles = {
  name: "styles",
  setup(plugin) {
    plugin.onResolve({ filter: /\.css\?inline$/ }, () => ({ path: here("src/styles.css"), namespace: "styles" }));
    plugin.onLoad({ filter: /.*/, namespace: "styles" }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text", watchFiles: [path] };
    });
  },
};

const result = await build({
  entryPoints: [here("src/index.ts")],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  write: false,
  plugins: [styles],
});
const code = result.outputFiles[0].contents;
const size = gzipSync(code, { level: 9 }).length;
if (size > LIMIT) {
  console.error(`The widget has ${size} bytes gzipped; allowed are ${LIMIT}. Make it smaller.`);
  process.exit(1);
}
if (process.argv.includes("--check")) {
  if (!(await readFile(target)).equals(code)) {
    console.error(`${target} was not built from these sources. Build it anew: make widget`);
    process.exit(1);
  }
} else await writeFile(target, code);
console.log(`${target}: ${code.length} bytes, ${size} gzipped`);
