// @ts-check
// Tells of commits without moving the page: rows that have changed are marked, and a button offers to load what is new. A
// page takes part with data-live="address of the events".
import { away } from "./away.js";

// A stream that ends begins anew by itself; only a server that stays away is worth a word. In milliseconds.
const patience = 5000;

export function live() {
  const place = document.querySelector("[data-live]");
  if (!(place instanceof HTMLElement) || !place.dataset.live) return;
  const changed = new Set();
  const address = place.dataset.live;
  /** @type {EventSource} */
  let source;
  let timer = 0;
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("change", tell);
    source.addEventListener("open", () => {
      clearTimeout(timer);
      timer = 0;
      away(false);
    });
    source.addEventListener("error", () => {
      timer ||= setTimeout(() => {
        away(true);
        timer = 0;
        if (source.readyState === EventSource.CLOSED) open(); // it was refused, and does not begin anew by itself
      }, patience);
    });
  };
  const tell = (/** @type {MessageEvent} */ event) => {
    for (const subject of JSON.parse(event.data).subjects) changed.add(subject);
    for (const row of document.querySelectorAll("[data-subject]")) {
      if (row instanceof HTMLElement && changed.has(row.dataset.subject)) mark(row);
    }
    const only = place.dataset.liveSubject;
    if (!only || changed.has(only)) offer(only ? "This subject has changed" : `${changed.size} ${changed.size === 1 ? "subject has" : "subjects have"} changed`);
  };
  open();
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    source.close();
  });
  // A page that comes back as it was left hears again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
}

/** @param {HTMLElement} row */
function mark(row) {
  if (row.querySelector(".badge.new")) return;
  const badge = document.createElement("span");
  badge.className = "badge new";
  badge.textContent = "changed";
  (row.querySelector("[data-mark]") ?? row).append(" ", badge);
}

/** @param {string} text */
function offer(text) {
  let box = document.querySelector(".live");
  if (!box) {
    box = document.createElement("div");
    box.className = "live";
    box.setAttribute("role", "status");
    const button = document.createElement("button");
    button.className = "button primary";
    button.addEventListener("click", () => location.reload());
    box.append(button);
    document.body.append(box);
  }
  const button = box.querySelector("button");
  if (button) button.textContent = `${text} · reload`;
}
