// Runs every journey in journeys/ in a real browser against the server at UI_URL. One line for each, of three columns: "ok",
// the name and the time, or "FAIL", the name and why. A page that logs an error, breaks the policy or fails to load something fails its journey.
//
// With UI_SHOTS=DIR it takes pictures of every page in pages.mjs instead, in both colours at the widths in UI_WIDTHS and as
// printed; with UI_DOCS=DIR those for the documentation.
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { pages } from "./pages.mjs";
import { seed } from "./seed.mjs";

const url = process.env.UI_URL ?? "";
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.UI_BROWSER ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

/** @param {any} options */
async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(60_000); // on a busy machine
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  /** @type {string[]} */
  const api = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning" || /Content Security Policy/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin && !request.url().startsWith("data:")) faults.push(`asked another server: ${request.url()}`);
    if (new URL(request.url()).pathname.startsWith("/api/")) api.push(request.url());
  });
  return { context, page, faults, api };
}

/** Runs axe over a page and returns what is serious. @param {import("playwright-core").Page} page */
async function axe(page) {
  // The policy refuses injected scripts, as it should; the debugger's own evaluation is not subject to it.
  await page.evaluate(axeSource + ";undefined");
  const found = await page.evaluate(async () => {
    // @ts-ignore axe has just been put there
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  });
  return found;
}

async function journeys() {
  const only = process.env.UI_ONLY;
  const list = [];
  for (const file of readdirSync(new URL("journeys/", import.meta.url)).sort()) {
    if (file.endsWith(".mjs")) list.push(...(await import(`./journeys/${file}`)).default);
  }
  const waiting = list.filter((journey) => !only || journey.name.includes(only));
  let failed = 0;
  const take = async () => {
    for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
      const started = Date.now();
      const { context, page, faults, api } = await open(journey.options);
      try {
        await journey.run({ page, url, axe, api, browser, faults });
        if (faults.length > 0) throw new Error(faults.join("; "));
        console.log(`ok\t${journey.name}\t${Date.now() - started} ms`);
      } catch (error) {
        failed++;
        console.log(`FAIL\t${journey.name}\t${String(error instanceof Error ? error.message : error).replaceAll("\n", " ⏎ ")}`);
      }
      await context.close();
    }
  };
  await Promise.all([take(), take(), take()]); // each has a browser context of its own
  return failed;
}

/** @param {string} dir */
async function pictures(dir) {
  mkdirSync(dir, { recursive: true });
  const sizes = (process.env.UI_WIDTHS ?? "390,1280,1920,3840,print").split(",");
  for (const size of sizes) {
    const width = size === "print" ? 718 : Number(size); // an A4 sheet between its margins
    for (const scheme of /** @type {const} */ (size === "print" ? ["light"] : ["light", "dark"])) {
      const { context, page } = await open({ viewport: { width, height: { 390: 844, 1920: 1080, 3840: 2160 }[width] ?? 900 }, colorScheme: scheme });
      for (const { name, path, prepare } of pages) {
        if (process.env.UI_ONLY && !name.includes(process.env.UI_ONLY)) continue;
        await page.emulateMedia({ media: null });
        await page.goto(url + path);
        await prepare?.(page);
        if (size === "print") await page.emulateMedia({ media: "print" });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        if (wide) console.log(`wide: ${name} at ${size}`);
        await page.screenshot({ path: `${dir}/${name}-${size}${scheme === "dark" ? "-dark" : ""}.png`, fullPage: width < 760 });
      }
      await context.close();
    }
  }
}

/** @param {string} dir */
async function documentation(dir) {
  mkdirSync(dir, { recursive: true });
  for (const { path, docs, scheme, prepare } of pages) {
    if (!docs) continue;
    const { context, page } = await open({ viewport: { width: 1280, height: 800 }, colorScheme: scheme });
    await page.goto(url + path);
    await prepare?.(page);
    await page.screenshot({ path: `${dir}/${docs}.png` });
    await context.close();
  }
}

let failed = 0;
try {
  if (!process.env.UI_SEEDED) await seed(url, { odd: !process.env.UI_DOCS });
  if (process.env.UI_DOCS) await documentation(process.env.UI_DOCS);
  else if (process.env.UI_SHOTS) await pictures(process.env.UI_SHOTS);
  else failed = await journeys();
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
