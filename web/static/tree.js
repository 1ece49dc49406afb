// @ts-check
// The tree of fields: open or close everything, and find a field by name, type or doc. The tree itself is <details>, and
// works without this.
const tree = document.querySelector("[data-tree]");
const box = document.querySelector("[data-tree-find]");
if (tree instanceof HTMLElement) {
  for (const button of document.querySelectorAll("[data-tree-open]")) {
    button.addEventListener("click", () => {
      const open = /** @type {HTMLElement} */ (button).dataset.treeOpen === "all";
      for (const details of tree.querySelectorAll("details")) details.open = open;
    });
  }
}
if (tree instanceof HTMLElement && box instanceof HTMLInputElement) {
  const count = document.querySelector("[data-tree-count]");
  /** @type {HTMLElement[]} */
  let found = [];
  let at = -1;
  const show = () => {
    for (const row of found) row.classList.remove("at");
    if (at >= 0) {
      found[at].classList.add("at");
      found[at].scrollIntoView({ block: "nearest" });
    }
    if (count) count.textContent = box.value.trim() === "" ? "" : found.length === 0 ? "no match" : `${at + 1} of ${found.length}`;
  };
  const find = () => {
    const wanted = box.value.trim().toLowerCase();
    for (const row of tree.querySelectorAll(".found")) row.classList.remove("found", "at");
    found = [];
    at = -1;
    if (wanted) {
      for (const row of tree.querySelectorAll(".tree-row")) {
        if (!(row instanceof HTMLElement) || !(row.textContent ?? "").toLowerCase().includes(wanted)) continue;
        row.classList.add("found");
        found.push(row);
        for (let up = row.parentElement?.closest("details"); up; up = up.parentElement?.closest("details")) {
          if (!(row.closest("summary") && up === row.closest("details"))) up.open = true;
        }
      }
      if (found.length > 0) at = Math.max(0, found.findIndex((row) => row.querySelector(".tree-name")?.textContent?.toLowerCase() === wanted));
    }
    show();
  };
  if (box.value) find();
  box.addEventListener("input", find);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || found.length === 0) return;
    event.preventDefault();
    at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
    show();
  });
}
