// What goes wrong at the edges: names, sizes, servers that are away, and pages that hold what is nowhere else.
import assert from "node:assert/strict";
import { names } from "../odd.mjs";

export default [
  {
    name: "a subject with an odd name is found, opened, compared and downloaded by its links",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui?context=.odd");
      const rows = await page.locator("tr[data-row]").evaluateAll((found) => found.map((row) => [row.getAttribute("data-subject"), row.querySelector("a.name")?.getAttribute("href")]));
      for (const name of names) {
        const href = new Map(rows).get(`:.odd:${name}`);
        assert.ok(href, `${name} is not in the list`);
        await page.goto(url + href);
        assert.equal(await page.locator("h1").textContent(), `:.odd:${name}`);
        const links = await page.locator(".actions-inline a").evaluateAll((found) => found.map((a) => /** @type {HTMLAnchorElement} */ (a).href));
        await Promise.all(links.map(async (link) => assert.equal((await page.request.get(link)).status(), 200, link)));
      }
    },
  },
  {
    name: "a reader of a long history and of many references finds the version at hand",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/:.odd:many-versions/versions/3");
      assert.ok(await page.locator(".versions [aria-current]").count() === 1);
      await page.goto(url + "/ui/subjects/:.odd:all?view=references");
      const own = await page.locator(".graph .here rect").boundingBox();
      assert.ok(own && own.y < 900, "its own node is out of sight");
      assert.equal(await page.locator(".graph a").count(), 62);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.goto(url + "/ui/subjects/:.odd:shared?view=references");
      const narrow = await page.locator(".graph .here rect").boundingBox();
      assert.ok(narrow && narrow.x >= 0 && narrow.x + narrow.width <= 390, "its own node is beside the window");
    },
  },
  {
    name: "a row says on a narrow screen what its columns say on a wide one",
    options: { viewport: { width: 390, height: 800 } },
    run: async ({ page, url }) => {
      await page.goto(url + "/ui?context=.");
      const row = page.locator('tr[data-subject="com.example.shop.Money"]');
      for (const width of [390, 600, 700, 800, 900, 1024, 1150, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const text = await row.innerText();
        for (const part of [/BACKWARD/, /payments/, /(^|\s)3(\s|$)/]) assert.match(text, part, `at ${width}`);
        assert.ok(await page.locator(".scroll").first().evaluate((box) => box.scrollWidth <= box.clientWidth), `it scrolls sideways at ${width}`);
      }
      await page.setViewportSize({ width: 390, height: 800 });
      await page.getByRole("link", { name: "Used by" }).click();
      await page.waitForURL(/sort=-in/);
    },
  },
  {
    name: "a server that is away is told, and nothing on the page is lost",
    run: async ({ page, url, faults }) => {
      await page.goto(url + "/ui?context=.");
      const before = await page.locator("tr[data-row]").count();
      await page.context().setOffline(true);
      await page.locator("#find").fill("orders");
      await page.locator(".away").waitFor();
      assert.equal(await page.locator("tr[data-row]").count(), before);
      await page.context().setOffline(false);
      await page.locator("#find").fill("order");
      await page.locator(".away").waitFor({ state: "detached" });
      await page.waitForFunction((count) => document.querySelectorAll("tr[data-row]").length < count, before);
      await page.goto(url + "/ui/decode");
      await page.locator("#data").fill("00 00 00 00 01");
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "Decode" }).click();
      await page.locator(".away").waitFor();
      assert.equal(await page.locator("#data").inputValue(), "00 00 00 00 01");
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Decode" }).click();
      await page.locator(".notice.bad, #message").first().waitFor();
      faults.splice(0); // the browser logs what it could not load
    },
  },
  {
    name: "the keys are explained over the page, and who leaves unsaved words is asked",
    run: async ({ page, url }) => {
      await page.goto(url + "/ui/subjects/orders-key/edit");
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText('"string"');
      await page.locator(".verdict.bad").waitFor();
      await page.locator("h1").click();
      await page.keyboard.press("?");
      await page.locator("dialog[open] .keys").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "detached" });
      const asked = page.waitForEvent("dialog").then(async (dialog) => {
        await dialog.dismiss();
        return dialog.type();
      });
      await page.getByRole("link", { name: "Cancel" }).evaluate((link) => setTimeout(() => /** @type {HTMLElement} */ (link).click()));
      assert.equal(await asked, "beforeunload");
      assert.match(page.url(), /orders-key\/edit$/);
      assert.match(await page.locator("schema-editor textarea").inputValue(), /string/);
    },
  },
];
