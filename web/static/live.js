// @ts-check
// Tells of commits without moving the page: rows that have changed are marked, and a button offers to load what is new. A
// page takes part with data-live="address of the events".
export function live() {
  const place = document.querySelector("[data-live]");
  if (!(place instanceof HTMLElement) || !place.dataset.live) return;
  const changed = new Set();
  const source = new EventSource(place.dataset.live);
  addEventListener("pagehide", () => source.close());
  source.addEventListener("change", (event) => {
    for (const subject of JSON.parse(event.data).subjects) changed.add(subject);
    for (const row of document.querySelectorAll("[data-subject]")) {
      if (row instanceof HTMLElement && changed.has(row.dataset.subject)) mark(row);
    }
    const only = place.dataset.liveSubject;
    if (!only || changed.has(only)) offer(only ? "This subject has changed" : `${changed.size} ${changed.size === 1 ? "subject has" : "subjects have"} changed`);
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
