// @ts-check
// The keyboard: / j k Enter d ? and Ctrl-K. Rows are elements with data-row that hold a link; what d leads to is a link
// with data-compare.
import { away } from "./away.js";
import { palette } from "./palette.js";

export function keys() {
  const open = palette();
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || document.querySelector("dialog[open]")) {
      if (event.key === "Escape" && target.matches("#find, [data-search]")) {
        event.preventDefault(); // which would empty it
        target.blur();
      }
      return;
    }
    const action = actions[event.key];
    if (action?.()) event.preventDefault();
  });
}

/** @type {Record<string, () => boolean>} */
const actions = {
  "/": () => {
    const box = document.querySelector("[data-search]") ?? document.getElementById("find");
    if (!(box instanceof HTMLInputElement)) return false;
    box.focus();
    box.select();
    return true;
  },
  j: () => move(1),
  k: () => move(-1),
  d: () => {
    const link = document.querySelector("a[data-compare]");
    if (!(link instanceof HTMLAnchorElement)) return false;
    location.assign(link.href);
    return true;
  },
  "?": () => {
    help();
    return true;
  },
};

/** @param {number} step */
function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return false;
  const now = rows.findIndex((row) => row.classList.contains("at"));
  const next = Math.min(rows.length - 1, Math.max(0, now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step));
  rows[now]?.classList.remove("at");
  rows[next].classList.add("at");
  rows[next].scrollIntoView({ block: "nearest" });
  const link = rows[next].querySelector("a");
  link?.focus({ preventScroll: true });
  return true;
}

/** Shows the page that explains the keyboard over this one, which may hold what has not been saved. */
async function help() {
  const address = `${document.body.dataset.base ?? ""}/ui/keys`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
  const list = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".keys");
  if (!list) {
    away(true);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Keyboard");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "body";
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = "Close";
  form.append(document.adoptNode(list), button);
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
