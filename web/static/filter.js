// @ts-check
// Search as you type: a form with data-filter="#id" is asked for the same address that sending it would lead to, and what
// stands in the element with that id is exchanged, and so is everything with data-refresh. The history is replaced, so that the address is always that of what is seen.
import { away } from "./away.js";
import { copyButtons } from "./copy.js";

export function filter() {
  for (const form of document.querySelectorAll("form[data-filter]")) {
    if (form instanceof HTMLFormElement) watch(form);
  }
}

/** @param {HTMLFormElement} form */
function watch(form) {
  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;
  const refresh = async () => {
    const address = new URL(form.action);
    for (const [name, value] of new FormData(form)) {
      if (value !== "") address.searchParams.append(name, String(value));
    }
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
      away(false);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const target = form.dataset.filter ?? "";
      const fresh = page.querySelector(target);
      const old = document.querySelector(target);
      if (!fresh || !old) return;
      old.replaceWith(document.adoptNode(fresh));
      // What stands elsewhere and leads on from what was typed.
      for (const part of document.querySelectorAll("[data-refresh]")) {
        const now = page.getElementById(part.id);
        if (now) part.replaceWith(document.adoptNode(now));
      }
      copyButtons(fresh);
      document.title = page.title;
      history.replaceState(null, "", address);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) away(true);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    refresh();
  });
}
