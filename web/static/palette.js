// @ts-check
// Ctrl-K: go to any subject by a few letters of its name. It asks /api/search once per pause in typing.

import { away } from "./away.js";

/** @returns {() => void} what opens it */
export function palette() {
  /** @type {HTMLDialogElement | undefined} */
  let dialog;
  return () => {
    dialog ??= build();
    if (!dialog.open) dialog.showModal();
    const input = dialog.querySelector("input");
    input?.select();
  };
}

const base = () => document.body.dataset.base ?? "";

/** The page of a subject. The names "." and ".." are steps in an address unless that of the context stands before them. @param {string} subject */
const page = (subject) => `${base()}/ui/subjects/${encodeURIComponent(subject === "." || subject === ".." ? ":.:" + subject : subject)}`;

function build() {
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", "Go to");
  const input = document.createElement("input");
  Object.assign(input, { type: "search", placeholder: "Go to a subject, field or page…", autocomplete: "off", spellcheck: false });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-label", "Go to a subject, field or page");
  input.setAttribute("aria-controls", "palette-list");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-autocomplete", "list");
  const list = document.createElement("ul");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  const foot = document.createElement("footer");
  foot.setAttribute("role", "status");
  const help = "↑ ↓ to choose · Enter to open · Esc to close";
  foot.textContent = help;
  dialog.append(input, list, foot);
  document.body.append(dialog);

  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;
  let at = 0;
  // Whoever presses Enter before the answer is there means the first of it.
  let asking = false;
  let entered = false;
  const open = () => {
    const option = list.querySelector("[aria-selected=true]");
    if (option instanceof HTMLElement && option.dataset.href) location.assign(option.dataset.href);
  };
  const show = (/** @type {{ name: string, kind: string, note?: string, href: string }[]} */ items) => {
    list.replaceChildren(...items.map((item, i) => {
      const option = document.createElement("li");
      option.id = `palette-${i}`;
      option.setAttribute("role", "option");
      option.dataset.href = item.href;
      const badge = document.createElement("span");
      badge.className = `badge ${item.kind.toLowerCase()}`;
      badge.textContent = item.kind;
      const name = document.createElement("span");
      name.className = "grow";
      name.textContent = item.name;
      const note = document.createElement("span");
      note.className = "dim small";
      note.textContent = item.note ?? "";
      option.append(badge, name, note);
      option.addEventListener("click", () => location.assign(item.href));
      return option;
    }));
    foot.textContent = items.length > 0 ? help : "Nothing matches";
    choose(0);
    asking = false;
    if (entered) open();
    entered = false;
  };
  const choose = (/** @type {number} */ i) => {
    const options = list.querySelectorAll("[role=option]");
    if (options.length === 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    at = (i + options.length) % options.length;
    options.forEach((option, j) => option.setAttribute("aria-selected", String(j === at)));
    input.setAttribute("aria-activedescendant", `palette-${at}`);
    options[at].scrollIntoView({ block: "nearest" });
  };
  const pages = () => {
    const wanted = input.value.trim().toLowerCase();
    return [...document.querySelectorAll(".main-nav a, .foot a")]
      .map((a) => ({ name: a.textContent?.trim() ?? "", kind: "PAGE", href: /** @type {HTMLAnchorElement} */ (a).href }))
      .filter((page) => page.name.toLowerCase().includes(wanted));
  };
  const ask = async () => {
    const wanted = input.value.trim();
    running?.abort();
    if (!wanted) {
      show(pages());
      return;
    }
    running = new AbortController();
    try {
      const answer = await fetch(`${base()}/api/search?limit=12&q=${encodeURIComponent(wanted)}`, { signal: running.signal, headers: { Accept: "application/json" } });
      away(false);
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      const subjects = found.subjects.map((/** @type {any} */ s) => ({ name: s.subject, kind: s.type, note: s.latest ? `v${s.latest}` : "deleted", href: page(s.subject) }));
      const fields = found.fields.map((/** @type {any} */ f) => ({ name: f.path, kind: "FIELD", note: f.subject, href: `${page(f.subject)}?view=fields&find=${encodeURIComponent(f.path.split(".").pop())}` }));
      show([...subjects, ...fields, ...pages()]);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      away(error instanceof TypeError); // of the network; anything else is an answer
      show(pages());
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 100);
    asking = true;
    entered = false;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (asking) entered = true;
      else open();
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search box would only empty itself
      dialog.close();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  show(pages());
  return dialog;
}
