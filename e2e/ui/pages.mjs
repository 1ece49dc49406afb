import { longName } from "./odd.mjs";

// Every page in a state worth looking at. All of them are drawn for the eye and held against axe in both colours; those with docs
// are in docs/screenshots.
export const pages = [
  { name: "list", path: "/ui", docs: "list", scheme: "light" },
  { name: "list-search", path: "/ui?q=orders&deleted=true" },
  { name: "list-facet", path: "/ui?type=AVRO&owner=payments&sort=-in" },
  { name: "list-nothing", path: "/ui?q=nowhere" },
  { name: "subject", path: "/ui/subjects/orders-value", docs: "subject", scheme: "light" },
  { name: "subject-raw", path: "/ui/subjects/orders-value?text=raw" },
  { name: "subject-protobuf", path: "/ui/subjects/customers-value" },
  { name: "subject-json", path: "/ui/subjects/shipments-value" },
  { name: "subject-fields", path: "/ui/subjects/orders-value?view=fields" },
  { name: "subject-references", path: "/ui/subjects/orders-value?view=references" },
  { name: "subject-used", path: "/ui/subjects/com.example.shop.Money?view=references", docs: "references", scheme: "dark" },
  { name: "subject-clients", path: "/ui/subjects/orders-value?view=clients", docs: "clients", scheme: "dark" },
  { name: "subject-settings", path: "/ui/subjects/orders-value?view=settings" },
  { name: "settings", path: "/ui/subjects/orders-value/settings" },
  { name: "subject-code", path: "/ui/subjects/orders-value?view=code" },
  { name: "subject-old", path: "/ui/subjects/orders-value/versions/1" },
  { name: "subject-deleted", path: "/ui/subjects/legacy-orders-value" },
  { name: "subject-missing", path: "/ui/subjects/nowhere" },
  { name: "fields", path: "/ui/fields", docs: "explorer", scheme: "light" },
  { name: "fields-search", path: "/ui/fields?q=customerId" },
  { name: "fields-nothing", path: "/ui/fields?q=nowhere" },
  { name: "keys", path: "/ui/keys" },
  { name: "new", path: "/ui/new" },
  { name: "edit", path: "/ui/subjects/orders-value/edit", prepare: breaking },
  { name: "compare", path: "/ui/subjects/orders-value/compare?from=1&to=4", docs: "compare", scheme: "light", prepare: proved },
  { name: "compare-unified", path: "/ui/subjects/orders-value/compare?from=2&to=4&view=unified" },
  { name: "history", path: "/ui/subjects/orders-value/history" },
  { name: "levels", path: "/ui/subjects/orders-value/levels" },
  { name: "delete", path: "/ui/subjects/com.example.shop.Money/delete" },
  { name: "restore", path: "/ui/subjects/legacy-orders-value/restore" },
  { name: "odd-history", path: "/ui/subjects/:.odd:many-versions/history" },
  { name: "odd-list", path: "/ui?context=.odd" },
  { name: "odd-name", path: `/ui/subjects/${encodeURIComponent(`:.odd:${longName}`)}` },
  { name: "odd-name-edit", path: `/ui/subjects/${encodeURIComponent(`:.odd:${longName}`)}/edit` },
  { name: "odd-name-delete", path: `/ui/subjects/${encodeURIComponent(`:.odd:${longName}`)}/delete` },
  { name: "odd-fields", path: "/ui/subjects/:.odd:many-fields?view=fields" },
  { name: "odd-versions", path: "/ui/subjects/:.odd:many-versions" },
  { name: "odd-compare", path: "/ui/subjects/:.odd:many-versions/compare?from=1&to=39" },
  { name: "odd-levels", path: "/ui/subjects/:.odd:many-versions/levels" },
  { name: "odd-references", path: "/ui/subjects/:.odd:all?view=references" },
  { name: "odd-used", path: "/ui/subjects/:.odd:shared?view=references" },
  { name: "decode", path: "/ui/decode", prepare: decoded },
  { name: "identify", path: "/ui/identify", prepare: identified },
];

/** Opens the first reason and the message that proves it, and leaves the verdict at the top. @param {import("playwright-core").Page} page */
async function proved(page) {
  await page.locator(".reasons > summary").first().click();
  await page.locator(".witness > summary").first().click();
  await page.locator(".verdict").evaluate((verdict) => verdict.scrollIntoView());
}

/** Types a change that breaks readers. @param {import("playwright-core").Page} page */
async function breaking(page) {
  await page.locator(".verdict").waitFor();
  await page.evaluate(() => {
    const area = /** @type {HTMLTextAreaElement} */ (document.getElementById("schema"));
    globalThis.changed = area.value.replace('"type": "string"', '"type": "int"');
  });
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(await page.evaluate(() => globalThis.changed));
  await page.keyboard.press("Control+Home");
  await page.locator(".verdict.bad").waitFor();
}

/** @param {import("playwright-core").Page} page */
async function decoded(page) {
  const { id } = await page.evaluate(async () => (await fetch("/subjects/reviews-value/versions/latest")).json());
  await page.locator("#data").fill(`00 ${id.toString(16).padStart(8, "0")} 06 72 2d 31 80 a0 e5 d3 cc 65 00`);
  await page.getByRole("button", { name: "Decode" }).click();
  await page.locator("#message").waitFor();
}

/** @param {import("playwright-core").Page} page */
async function identified(page) {
  const { schema } = await page.evaluate(async () => (await fetch("/subjects/clicks-value/versions/latest")).json());
  await page.locator("#schema").fill(schema);
  await page.getByRole("button", { name: "Identify" }).click();
  await page.locator(".matches").waitFor();
}
