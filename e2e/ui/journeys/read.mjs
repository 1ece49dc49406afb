// Journeys of those who look for a schema and read it.
import assert from "node:assert/strict";
import { pages } from "../pages.mjs";

/** @param {import("playwright-core").Page} page */
const rows = (page) => page.locator("tr[data-row] a.name").allTextContents();

/** Presses a key and waits for the page that it leads to. @param {any} page @param {string} key @param {RegExp} where */
const follow = (page, key, where) => Promise.all([page.waitForURL(where), page.keyboard.press(key)]);

export default [
  {
    name: "a browser is led from the root to the list, a client is not",
    run: async ({ page, url }) => {
      await page.goto(url + "/");
      assert.equal(new URL(page.url()).pathname, "/ui");
      assert.equal(await page.locator("h1").textContent(), "Subjects");
      const answer = await fetch(url + "/");
      assert.equal(await answer.text(), "{}");
    },
  },
  {
    name: "search as you type narrows the list and the address",
    run: async ({ page, url, api }) => {
      await page.goto(url + "/ui");
      await page.keyboard.press("/");
      await page.keyboard.type("orders-v");
      await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 2);
      assert.deepEqual(await rows(page), ["orders-value", ":.eu:orders-value"]);
      assert.match(page.url(), /q=orders-v/);
      await page.reload();
      assert.deepEqual(await rows(page), ["orders-value", ":.eu:orders-value"]);
      assert.ok(api.length <= 3, `${api.length} requests to the API`);
    },
  },
  {
    name: "facets combine, count and are given up one by one",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui");
      await page.locator(".facets a", { hasText: "AVRO" }).click();
      await page.locator(".facets a", { hasText: "payments" }).click();
      assert.match(page.url(), /owner=payments/);
      assert.match(page.url(), /type=AVRO/);
      assert.ok((await rows(page)).includes("payments-value"));
      assert.ok(!(await rows(page)).includes("orders-value"));
      await page.locator(".chip", { hasText: "payments" }).click();
      assert.ok((await rows(page)).includes("orders-value"));
      await page.goBack();
      assert.ok(!(await rows(page)).includes("orders-value"));
    },
  },
  {
    name: "a number finds the subject that has it as an id",
    run: async ({ page, url }) => {
      const { id } = await (await fetch(url + "/subjects/orders-value/versions/1")).json();
      await page.goto(`${url}/ui?q=${id}&context=.`);
      assert.ok((await rows(page)).includes("orders-value"));
      assert.match((await page.locator("tr[data-row]", { hasText: "orders-value" }).textContent()) ?? "", /v1 has this id/);
    },
  },
  {
    name: "sorting by a column puts the most used subject first",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui?context=.");
      await page.locator("th a", { hasText: "Used by" }).click();
      assert.equal((await rows(page))[0], "com.example.shop.Money");
      assert.equal(await page.locator("th[aria-sort=descending]").textContent(), "Used by");
    },
  },
  {
    name: "the switch of contexts leaves only the chosen one",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui");
      await Promise.all([page.waitForURL(/context=\.eu/), page.getByLabel("Context").selectOption(".eu")]);
      assert.deepEqual(await rows(page), [":.eu:invoices-value", ":.eu:orders-value"]);
      await page.goto(url + "/ui");
      await page.keyboard.press("/");
      await page.keyboard.type("orders");
      await page.waitForURL(/q=orders/);
      await Promise.all([page.waitForURL(/q=orders&context=\.eu/), page.getByLabel("Context").selectOption(".eu")]);
      assert.deepEqual(await rows(page), [":.eu:orders-value"], "what was searched for is given up");
      await page.goto(url + "/ui/fields?q=id");
      await Promise.all([page.waitForURL(/\/fields\?q=id&context=\.eu/), page.getByLabel("Context").selectOption(".eu")]);
    },
  },
  {
    name: "a type in a schema leads to its definition in another subject",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/orders-value");
      await Promise.all([page.waitForURL(/Money/), page.locator("#schema-text a.t", { hasText: "Money" }).first().click()]);
      assert.match(page.url(), /com\.example\.shop\.Money\/versions\/1#L\d+$/);
      assert.equal(await page.locator("h1").textContent(), "com.example.shop.Money");
      await page.goBack();
      assert.equal(await page.locator("h1").textContent(), "orders-value");
    },
  },
  {
    name: "the tree of fields opens, closes and finds",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/orders-value?view=fields");
      await page.getByRole("button", { name: "Close all" }).click();
      assert.equal(await page.locator(".tree details[open]").count(), 0);
      await page.getByLabel("Find in this schema").fill("sku");
      await page.waitForFunction(() => /1 of \d/.test(document.querySelector("[data-tree-count]")?.textContent ?? ""));
      assert.ok(await page.locator(".tree-row.found", { hasText: "sku" }).isVisible());
    },
  },
  {
    name: "the graph is links: what refers to a type leads on",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/com.example.shop.Money?view=references");
      await Promise.all([page.waitForURL(/payments-value/), page.locator(".graph a", { hasText: "payments-value" }).click()]);
      assert.match((await page.locator("table").first().textContent()) ?? "", /com\.example\.shop\.Money/);
    },
  },
  {
    name: "settings say where they come from and what they mean",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/orders-value?view=settings");
      const text = (await page.locator("dl.settings").textContent()) ?? "";
      assert.match(text, /FULL.*set on this subject/);
      assert.match(text, /must read each other’s data/);
      assert.match(text, /READWRITE.*the server’s default/);
    },
  },
  {
    name: "the page of clients tells who asked last, and whether a version may go",
    run: async ({ page, url }) => {
      await fetch(url + "/subjects/orders-value/versions/2", { headers: { "X-Registry-Client-Id": "warehouse-2" } });
      await page.goto(url + "/ui/subjects/orders-value/versions/2?view=clients");
      assert.match((await page.locator(".notice").last().textContent()) ?? "", /In use.*Version 2 was asked for just now by warehouse-2/);
      await page.goto(url + "/ui/subjects/com.example.shop.Money?view=clients");
      assert.match((await page.locator(".notice").textContent()) ?? "", /Not safe to retire.*3 schemas refer/);
    },
  },
  {
    name: "a command is copied with this server's address",
    options: { permissions: ["clipboard-read", "clipboard-write"] },
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/orders-value?view=code");
      await page.getByRole("button", { name: "Copy for curl" }).click();
      await page.waitForFunction(() => document.querySelector("button.done") !== null);
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, `curl ${url}/subjects/orders-value/versions/4/schema`);
    },
  },
  {
    name: "fields are found across formats, and names that disagree are told",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/fields");
      await page.getByLabel("Find fields").fill("customerId");
      await page.waitForFunction(() => document.querySelectorAll("#results tr[data-row]").length > 0 && document.querySelectorAll("#results tr[data-row]").length < 15);
      assert.match((await page.locator("#field-types a").first().getAttribute("href")) ?? "", /q=customerId/);
      await page.keyboard.press("Escape");
      assert.equal(await page.getByLabel("Find fields").inputValue(), "customerId");
      await page.keyboard.press("j");
      assert.equal(await page.locator("tr.at").count(), 1);
      await page.locator(".disagree a", { hasText: "customerId" }).click();
      assert.match((await page.locator("#results").textContent()) ?? "", /integer/);
      assert.match(page.url(), /exact=true/);
      await page.goto(url + "/ui/fields?q=sku");
      await page.locator("#results tr", { hasText: "orders-value" }).locator("a.name").click();
      await page.locator(".tree-row.at", { hasText: "sku" }).waitFor();
      assert.ok(await page.locator(".tree-row.at").isVisible());
    },
  },
  {
    name: "a change elsewhere is told without moving the page",
    run: async ({ page, url }) => {
      // The server listens for a page when it begins to answer it.
      const listening = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/events");
      await page.goto(url + "/ui?q=stock");
      await listening;
      await page.evaluate(() => scrollTo(0, 0));
      await fetch(url + "/config/stock-levels-value", { method: "PUT", headers: { "Content-Type": "application/json" }, body: '{"compatibility":"NONE"}' });
      await page.locator(".live button").waitFor();
      assert.match((await page.locator(".live").textContent()) ?? "", /(^|\D)1 subject has changed|\d subjects have changed/); // other journeys change others meanwhile
      await page.locator("tr[data-row]", { hasText: "changed" }).waitFor();
      assert.match((await page.locator("tr[data-row]").textContent()) ?? "", /BACKWARD/);
      await Promise.all([page.waitForNavigation(), page.locator(".live button").click()]);
      assert.match((await page.locator("tr[data-row]").textContent()) ?? "", /NONE/);
    },
  },
  {
    name: "by keyboard alone: search, move, open, look at fields, come back, go anywhere",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
      await page.keyboard.press("/");
      await page.keyboard.type("customers");
      await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 1);
      await page.keyboard.press("Escape");
      await page.keyboard.press("j");
      await follow(page, "Enter", /customers-value/);
      assert.equal(await page.locator("h1").textContent(), "customers-value");
      await page.keyboard.press("Control+k");
      await page.keyboard.type("orders-v");
      await page.waitForFunction(() => document.querySelectorAll(".palette [role=option]").length > 1 && /^AVROorders-value/.test(document.querySelector(".palette [aria-selected=true]")?.textContent ?? ""));
      await follow(page, "Enter", /subjects\/orders-value/);
      assert.equal(await page.locator("h1").textContent(), "orders-value");
      await page.keyboard.press("Control+k");
      await page.keyboard.type("nowhere at all");
      await page.getByText("Nothing matches").waitFor();
      await page.keyboard.press("Control+a");
      await page.keyboard.type("customers-value"); // who knows the name does not wait for the answer
      await follow(page, "Enter", /subjects\/customers-value/);
      await page.keyboard.press("?");
      await page.locator("dialog[open] .keys").waitFor();
    },
  },
  {
    name: "without scripts everything can be read and searched",
    options: { javaScriptEnabled: false },
    run: async ({ page, url }) => {
      await page.goto(url + "/ui");
      await page.getByLabel("Find a subject by name, id or owner").fill("orders-value");
      await page.keyboard.press("Enter");
      await page.waitForURL(/q=orders-value/);
      await page.locator("a.name", { hasText: /^orders-value$/ }).click();
      assert.match((await page.locator("#schema-text").textContent()) ?? "", /placedAt/);
      await page.locator(".tabs a", { hasText: "Fields" }).click();
      await page.locator(".tree summary", { hasText: "OrderLine" }).last().click();
      assert.ok(await page.locator(".tree-row", { hasText: "sku" }).first().isVisible());
      await page.goto(url + "/ui/fields?q=sku");
      assert.match((await page.locator("main").textContent()) ?? "", /basket-value/);
    },
  },
  {
    name: "the choice of colours stays from page to page",
    options: { colorScheme: "light" },
    run: async ({ page, url }) => {
      await page.goto(url + "/ui");
      await page.getByRole("button", { name: "Dark colours" }).click();
      await page.locator("a.name").first().click();
      assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
      await page.getByRole("button", { name: "Light colours" }).click();
      await page.reload();
      assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
    },
  },
  {
    name: "what is not there is told with what to do next",
    run: async ({ page, url, faults }) => {
      await page.goto(url + "/ui/subjects/nowhere");
      assert.match((await page.locator("main").textContent()) ?? "", /Subject 'nowhere' not found/);
      faults.splice(0); // the browser logs the status of the page itself
      await page.getByRole("link", { name: "All subjects" }).click();
      assert.equal(await page.locator("h1").textContent(), "Subjects");
    },
  },
  {
    name: "the first load of the list is below 60 KB, and no page asks the API more than three times",
    run: async ({ page, url, api }) => {
      /** @type {Promise<number>[]} */
      const loaded = [];
      const measure = (/** @type {import("playwright-core").Request} */ request) => void loaded.push(request.sizes().then((sizes) => sizes.responseBodySize));
      page.on("requestfinished", measure);
      await page.goto(url + "/ui", { waitUntil: "load" });
      await page.waitForTimeout(200); // what comes after that
      page.off("requestfinished", measure); // what ends with the page has no size
      const bytes = (await Promise.all(loaded)).reduce((sum, n) => sum + n, 0);
      assert.ok(bytes > 2000 && bytes < 60 * 1024, `${bytes} bytes`);
      for (const { path } of pages.filter((p) => !p.name.includes("missing"))) {
        api.splice(0);
        await page.goto(url + path);
        assert.ok(api.length <= 3, `${path} asks ${api.length} times`);
      }
    },
  },
  ...["light", "dark"].map((colorScheme) => ({
    name: `nobody is shut out: axe finds nothing serious on any page in ${colorScheme} colours`,
    options: { colorScheme },
    run: async ({ page, url, axe, faults }) => {
      const found = [];
      for (const { name, path, prepare } of pages) {
        await page.goto(url + path);
        await prepare?.(page);
        for (const fault of await axe(page)) found.push(`${name}: ${fault}`);
        if (name.includes("missing")) faults.splice(0);
      }
      assert.deepEqual(found, []);
    },
  })),
  ...[360, 1920].map((width) => ({
    name: `no page scrolls sideways at ${width} pixels`,
    options: { viewport: { width, height: 900 } },
    run: async ({ page, url, faults }) => {
      const wide = [];
      for (const { name, path, prepare } of pages) {
        await page.goto(url + path);
        await prepare?.(page);
        if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wide.push(name);
        if (name.includes("missing")) faults.splice(0);
      }
      assert.deepEqual(wide, []);
    },
  })),
];
