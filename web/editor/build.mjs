// Writes ../static/codemirror.js: everything main.js needs in one module, with the licences of what is in it.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const out = await build({ entryPoints: ["main.js"], bundle: true, minify: true, format: "esm", target: "es2022", metafile: true, write: false });
const packages = new Map();
for (const file of Object.keys(out.metafile.inputs)) {
  const name = file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
  if (!name || packages.has(name)) continue;
  packages.set(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version);
}
const licences = new Map();
for (const name of packages.keys()) {
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  licences.set(text, [...(licences.get(text) ?? []), `${name} ${packages.get(name)}`]);
}
const banner = [...licences].map(([text, names]) => `${names.sort().join(", ")}\n\n${text}`).join("\n\n");
await build({
  entryPoints: ["main.js"], bundle: true, minify: true, format: "esm", target: "es2022", outfile: "../static/codemirror.js",
  banner: { js: `/*\nMade by web/editor/build.mjs; do not edit.\n\n${banner}\n*/` },
});
