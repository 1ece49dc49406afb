// Journeys of those who change schemas, compare them, and come with bytes or texts of unknown origin.
import assert from "node:assert/strict";

/** @param {string} url @param {string} subject @param {any} body */
const register = async (url, subject, body) => {
  const answer = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.text());
};
const record = (/** @type {any[]} */ ...fields) => JSON.stringify({ type: "record", name: "Journey", namespace: "com.example", fields });
const id = { name: "id", type: "long" };
const note = { name: "note", type: "string", default: "" };

/** Puts a text into the editor as somebody who types. @param {import("playwright-core").Page} page @param {string} text */
const write = async (page, text) => {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
};

const journeys = [
  {
    name: "a breaking change is told while one types, on its line, and registered once it is mended",
    run: async ({ page, url }) => {
      await register(url, "journey-typing-value", { schema: record(id) });
      await page.goto(`${url}/ui/subjects/journey-typing-value/edit`);
      await page.locator(".verdict h2", { hasText: "Registered already" }).waitFor();
      await write(page, '{"type": "record", "name": "Journey", "namespace": "com.example", "fields": [\n  {"name": "id", "type": "long"},\n  {"name": "price", "type": "double"}\n]}');
      await page.locator(".verdict h2", { hasText: "Incompatible with version 1" }).waitFor();
      assert.equal(await page.locator("#check [data-line]").first().getAttribute("data-line"), "3");
      await page.locator("#changes .change", { hasText: 'The field "price" (double) was added' }).waitFor();
      await page.locator(".cm-lint-marker-error").first().waitFor();
      await page.locator("#refusal", { hasText: "refused: the level BACKWARD" }).waitFor();
      const look = async (/** @type {string} */ name) => page.getByRole("button", { name, exact: true }).last().evaluate((button) => getComputedStyle(button).backgroundColor);
      assert.equal(await look("Register"), await look("Check"), "what would be refused is offered first");
      await page.getByRole("button", { name: "Line 3" }).first().click();
      await write(page, record(id, note));
      await page.locator(".verdict h2", { hasText: /^\s*Compatible/ }).waitFor();
      assert.notEqual(await look("Register"), await look("Check"));
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.waitForURL(/\/ui\/subjects\/journey-typing-value\/versions\/2$/);
    },
  },
  {
    name: "a reference is found among all subjects while one types, and makes the schema valid",
    run: async ({ page, url }) => {
      await register(url, "journey-referred.Money", { schema: '{"type":"record","name":"Money","namespace":"journey","fields":[{"name":"cents","type":"long"}]}' });
      await page.goto(`${url}/ui/new`);
      await page.getByLabel("Topic", { exact: true }).fill("journey-referring");
      await write(page, '{"type": "record", "name": "Bill", "namespace": "journey", "fields": [{"name": "total", "type": "journey.Money"}]}');
      await page.locator("#refusal", { hasText: "no valid schema" }).waitFor();
      const first = await page.locator("#subjects option").count();
      await page.locator("#ref-subject-0").pressSequentially("journey-referred");
      await page.waitForFunction(() => [...document.querySelectorAll("#subjects option")].map((o) => o.getAttribute("value") || /** @type {HTMLOptionElement} */ (o).value).join() === "journey-referred.Money");
      await page.locator("#ref-subject-0").fill("");
      await page.waitForFunction((first) => document.querySelectorAll("#subjects option").length === first, first);
      await page.locator("#ref-subject-0").fill("journey-referred.Money");
      await page.locator("#ref-name-0").fill("journey.Money");
      await page.locator(".verdict h2", { hasText: /^\s*Compatible/ }).waitFor();
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.waitForURL(/journey-referring-value\/versions\/1$/);
      await page.locator("dd.who", { hasText: "web page" }).waitFor();
    },
  },
  {
    name: "a schema that imports another is identified, without JavaScript, as an older version",
    options: { javaScriptEnabled: false },
    run: async ({ page, url }) => {
      const importing = 'syntax = "proto3";\nimport "journey/cents.proto";\nmessage JourneyBill { Cents total = 1; }\n';
      const references = [{ name: "journey/cents.proto", subject: "journey-cents", version: 1 }];
      await register(url, "journey-cents", { schemaType: "PROTOBUF", schema: 'syntax = "proto3";\nmessage Cents { int64 n = 1; }\n' });
      await register(url, "journey-bill", { schemaType: "PROTOBUF", schema: importing, references });
      await register(url, "journey-bill", { schemaType: "PROTOBUF", schema: importing.replace("}", " string note = 2; }"), references });
      await page.goto(`${url}/ui/identify`);
      await page.getByText("PROTOBUF", { exact: true }).click();
      await page.locator("#schema").fill(importing);
      await page.getByText("References: what the schema uses").click();
      await page.locator("#ref-name-0").fill("journey/cents.proto");
      await page.locator("#ref-subject-0").fill("journey-cents");
      await page.getByRole("button", { name: "Another reference" }).click();
      assert.equal(await page.locator("#ref-name-0").inputValue(), "journey/cents.proto");
      await page.locator("#ref-name-1").waitFor();
      await page.locator("#ref-version-0").press("Enter");
      const found = page.locator(".matches li").first();
      await found.getByText("The same schema").waitFor();
      assert.match((await found.textContent()) ?? "", /journey-bill v1 .*not the latest/);
    },
  },
  {
    name: "a schema of unknown origin is checked as the next version of a subject that is like it",
    run: async ({ page, url }) => {
      await register(url, "journey-like-value", { schema: record(id, { name: "alike", type: "string" }) });
      await page.goto(`${url}/ui/identify`);
      await page.locator("#schema").fill(record({ ...id, type: "string" }, { name: "alike", type: "string" }));
      await page.getByRole("button", { name: "Identify", exact: true }).last().click();
      await page.locator(".matches li", { hasText: "journey-like-value" }).getByRole("button", { name: "Check as its next version" }).click();
      await page.waitForURL(/journey-like-value\/edit$/);
      await page.locator(".verdict h2", { hasText: "Incompatible with version 1" }).waitFor();
      assert.equal(await page.locator("#newer").textContent(), "");
    },
  },
  {
    name: "a new subject is named by a strategy and registered",
    run: async ({ page, url }) => {
      await page.goto(`${url}/ui/new`);
      await page.locator(".verdict h2", { hasText: "A valid schema" }).waitFor();
      assert.equal(await page.locator("#refusal").textContent(), "", "a name is missed before anyone has got to it");
      await page.getByLabel("Topic", { exact: true }).focus();
      await page.keyboard.press("Tab");
      await page.locator("#refusal", { hasText: "no name yet" }).waitFor();
      await page.getByLabel("Topic", { exact: true }).fill("journey-new");
      await page.locator("#name", { hasText: "journey-new-value" }).waitFor();
      await page.getByText("PROTOBUF", { exact: true }).click();
      await page.locator(".cm-content", { hasText: "message Order" }).waitFor();
      await page.getByText("Topic and record name").click();
      await page.locator("#name", { hasText: "journey-new-com.example.Order" }).waitFor();
      assert.match((await page.locator("#command pre").textContent()) ?? "", /subjects\/journey-new-com\.example\.Order\/versions/);
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.waitForURL(/journey-new-com\.example\.Order\/versions\/1$/);
    },
  },
  {
    name: "of two people who change a subject at the same time, the second is told before anything is lost",
    run: async ({ page, url, faults }) => {
      await register(url, "journey-two-value", { schema: record(id) });
      await page.goto(`${url}/ui/subjects/journey-two-value/edit`);
      await page.locator(".verdict h2", { hasText: "Registered already" }).waitFor();
      await register(url, "journey-two-value", { schema: record(id, note) });
      await write(page, record(id, { ...note, name: "mine" }));
      await page.locator("#newer", { hasText: "Meanwhile version 2 was registered" }).waitFor();
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.locator("#newer", { hasText: "press “Register” again" }).waitFor();
      assert.ok(faults.splice(0).every((fault) => fault.includes("409"))); // the browser logs the status of the page itself
      assert.match(await page.locator("schema-editor textarea").inputValue(), /mine/);
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.waitForURL(/journey-two-value\/versions\/3$/);
    },
  },
  {
    name: "a version is checked and registered without JavaScript",
    options: { javaScriptEnabled: false },
    run: async ({ page, url }) => {
      await register(url, "journey-plain-value", { schema: record(id) });
      await page.goto(`${url}/ui/subjects/journey-plain-value/edit`);
      await page.locator("#schema").fill(record(id, { name: "price", type: "double" }));
      await page.getByRole("button", { name: "Check", exact: true }).last().click();
      await page.locator(".verdict h2", { hasText: "Incompatible with version 1" }).waitFor();
      await page.locator("#schema").fill(record(id, note));
      await page.getByRole("button", { name: "Register", exact: true }).click();
      await page.waitForURL(/journey-plain-value\/versions\/2$/);
    },
  },
  {
    name: "by keyboard alone: from a subject to what its last version changed, and on to a change",
    run: async ({ page, url }) => {
      await register(url, "journey-keys-value", { schema: record(id, note) });
      await register(url, "journey-keys-value", { schema: record(note) });
      await page.goto(`${url}/ui/subjects/journey-keys-value`);
      await Promise.all([page.waitForURL(/\/compare\?from=1&to=2$/), page.keyboard.press("d")]);
      const message = await page.locator(".change-message").textContent();
      assert.equal(message, 'The field "id" (long) was removed from the type "com.example.Journey".');
      const reason = page.locator(".reasons > summary");
      await reason.focus();
      await page.keyboard.press("Enter");
      await page.locator(".finding-hint").waitFor();
      await page.locator(".to-change").focus();
      await page.keyboard.press("Enter");
      assert.match(page.url(), /#change-1$/);
    },
  },
  {
    name: "any two versions are compared, side by side and unified, and the address says how",
    run: async ({ page, url }) => {
      await page.goto(`${url}/ui/subjects/orders-value/compare`);
      await page.locator("#from").selectOption("1");
      await page.waitForURL(/from=1/);
      await page.getByRole("link", { name: "Unified" }).click();
      await page.waitForURL(/view=unified/);
      assert.ok((await page.locator(".diff .added").count()) > 0);
      await page.getByRole("link", { name: "Whole text" }).click();
      await page.waitForURL(/lines=all/);
      await page.reload();
      assert.ok((await page.locator("table.diff.unified tr.same").count()) > 5);
      await page.goBack();
      assert.ok(!page.url().includes("lines=all"));
    },
  },
  {
    name: "the change log and the matrix of levels lead to what broke",
    run: async ({ page, url }) => {
      await page.goto(`${url}/ui/subjects/orders-value/history`);
      assert.ok((await page.locator(".log article").count()) >= 4);
      await page.getByRole("link", { name: "Levels", exact: true }).click();
      await page.locator("a.cell.bad").first().click();
      await page.waitForURL(/\/compare\?/);
      await page.locator(".effect.bad").first().waitFor();
    },
  },
  {
    name: "what a subject promises is changed, and given back to what is inherited",
    run: async ({ page, url }) => {
      await register(url, "journey-level-value", { schema: record(id) });
      await page.goto(`${url}/ui/subjects/journey-level-value?view=settings`);
      await page.getByRole("link", { name: "Change", exact: true }).click();
      await page.getByRole("radio", { name: /^FULL The new schema/ }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForURL(/view=settings$/);
      assert.match((await page.locator("dl.settings").textContent()) ?? "", /FULL.*set on this subject/);
      await page.goBack();
      await page.getByRole("radio", { name: "Inherited: BACKWARD" }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForURL(/view=settings$/);
      assert.match((await page.locator("dl.settings").textContent()) ?? "", /BACKWARD.*the server’s default/);
    },
  },
  {
    name: "a subject is deleted by its name, restored with its id, and deleted for good",
    run: async ({ page, url, faults }) => {
      await register(url, "journey-gone-value", { schema: record(id) });
      await page.goto(`${url}/ui/subjects/journey-gone-value`);
      await page.getByText("Delete…").click();
      await page.keyboard.press("Escape");
      assert.ok(!(await page.getByRole("link", { name: "The whole subject" }).isVisible()));
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "The whole subject" }).click();
      await page.locator("#confirm").fill("journey-gone");
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      // The page that refuses has a status of its own, which browsers write to the console.
      await page.getByText("This is not the name of the subject").waitFor();
      assert.ok(faults.splice(0).every((fault) => fault.includes("422")));
      await page.locator("#confirm").fill("journey-gone-value");
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await page.getByRole("link", { name: "Restore the subject" }).click();
      await page.getByRole("button", { name: "Restore", exact: true }).click();
      await page.waitForURL(/\/ui\/subjects\/journey-gone-value$/);
      for (const button of ["Delete", "Delete for good"]) {
        await page.goto(`${url}/ui/subjects/journey-gone-value/delete`);
        await page.locator("#confirm").fill("journey-gone-value");
        await page.getByRole("button", { name: button, exact: true }).click();
        await page.waitForURL((address) => !address.pathname.endsWith("/delete"));
      }
      assert.equal((await fetch(`${url}/subjects/journey-gone-value/versions?deleted=true`)).status, 404);
    },
  },
  {
    name: "what others refer to cannot be deleted, and the page says by whom",
    run: async ({ page, url }) => {
      await page.goto(`${url}/ui/subjects/com.example.shop.Money/delete`);
      await page.getByRole("link", { name: "orders-value" }).first().waitFor();
      assert.ok(await page.getByRole("button", { name: "Delete", exact: true }).isDisabled());
    },
  },
  {
    name: "a pasted message is decoded, and versions that cannot read it say why",
    run: async ({ page, url }) => {
      await register(url, "journey-bytes-value", { schema: '{"type":"record","name":"B","fields":[{"name":"n","type":"long"}]}' });
      await register(url, "journey-bytes-value", { schema: '{"type":"record","name":"B","fields":[]}' });
      const { id: number } = await (await fetch(`${url}/subjects/journey-bytes-value/versions/2`)).json();
      await page.goto(`${url}/ui/decode`);
      await page.locator("#data").fill("00 " + number.toString(16).padStart(8, "0"));
      await page.getByRole("button", { name: "Decode" }).click();
      await page.locator(".readers .bad", { hasText: "Version 1" }).waitFor();
      assert.equal((await page.locator("#json").textContent())?.trim(), "{}");
    },
  },
  {
    name: "a schema of unknown origin is found under the subjects that hold it",
    options: { javaScriptEnabled: false },
    run: async ({ page, url }) => {
      const { schema } = await (await fetch(`${url}/subjects/orders-key/versions/1`)).json();
      await page.goto(`${url}/ui/identify`);
      await page.locator("#schema").fill(schema);
      await page.getByRole("button", { name: "Identify" }).click();
      await page.locator(".matches li", { hasText: "orders-key" }).getByText("The same schema").waitFor();
    },
  },
];

export default journeys;
