// @ts-check
// The form that edits a schema: it is checked while one types, one request at a time, and the reasons stand on the lines that
// cause them. The form is sent as the button "Check" would send it; of the page that comes back, the parts with data-part
// are taken over.
import { away } from "./away.js";
import { mount } from "./codemirror.js";
import { copyButtons } from "./copy.js";

const form = document.querySelector("form[data-check]");
const area = document.querySelector("schema-editor textarea");
if (form instanceof HTMLFormElement && area instanceof HTMLTextAreaElement) start(form, area);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} area
 */
function start(form, area) {
  const host = /** @type {HTMLElement} */ (area.parentElement);
  const language = () => new FormData(form).get("type") === "PROTOBUF" ? "protobuf" : "json";
  const editor = mount(host.attachShadow({ mode: "open" }), {
    text: area.value, language: language(), label: "Schema text",
    changed: (text) => {
      area.value = text;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  area.required = false; // it is out of sight, so that a browser could not say what it misses
  host.classList.add("mounted");
  // Letters that are typed are no commands of the page; Ctrl-K is.
  host.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });

  // Who leaves with words that are nowhere else is asked first.
  const before = editor.text();
  let sent = false;
  form.addEventListener("submit", (event) => {
    sent = !event.defaultPrevented;
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && editor.text() !== before && !types.some((type) => type.dataset.start === editor.text())) event.preventDefault();
  });

  // That the subject has no name yet is said once somebody has been at the name, or asks.
  let touched = form.querySelector("[name=topic]") === null || form.querySelector("[aria-invalid]") !== null;
  const name = form.querySelector("[data-name]");
  for (const event of ["focusout", "change"]) {
    name?.addEventListener(event, () => {
      if (touched) return;
      touched = true;
      check();
    });
  }

  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;
  const check = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    body.set("action", "check");
    if (!touched) body.set("untouched", "true");
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.pathname + location.search, { method: "POST", body, signal: running.signal, headers: { Accept: "text/html" } });
      away(false);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      form.removeAttribute("aria-busy");
      if (!page.querySelector("form[data-check]")) return;
      for (const old of document.querySelectorAll("[data-part]")) {
        const fresh = page.getElementById(old.id);
        if (!fresh || fresh.innerHTML === old.innerHTML) continue;
        old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
        copyButtons(old);
      }
      mark();
    } catch (error) {
      // A newer check has taken over, or the server cannot be reached: what was said last stays, and "Register" will tell.
      if (error instanceof DOMException && error.name === "AbortError") return;
      form.removeAttribute("aria-busy");
      away(true);
    }
  };
  const mark = () => {
    editor.mark([...document.querySelectorAll("#check [data-line]")].map((item) => {
      const { line, column, endLine, endColumn, severity, message } = /** @type {HTMLElement} */ (item).dataset;
      return { line: Number(line), column: Number(column), endLine: Number(endLine), endColumn: Number(endColumn), severity: severity === "error" ? "error" : "warning", message: message ?? "" };
    }));
    for (const place of document.querySelectorAll("#check span[data-reveal]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = place.textContent;
      button.addEventListener("click", () => editor.reveal(Number(/** @type {HTMLElement} */ (place).dataset.reveal)));
      place.replaceWith(button);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 250);
  });
  const types = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=type]")]);
  for (const radio of types) {
    radio.addEventListener("change", () => {
      editor.setLanguage(language());
      // A text that nobody has touched gives way to that of the type.
      const untouched = editor.text().trim() === "" || types.some((type) => type.dataset.start === editor.text());
      if (radio.dataset.start && untouched) editor.replace(radio.dataset.start);
    });
  }
  for (const button of form.querySelectorAll("button[value=check]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      touched = true;
      check();
    });
  }
  mark();
  if (!document.querySelector("#check .verdict")) check();
}
