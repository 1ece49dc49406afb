// @ts-check
// The subjects that a reference may name: the page comes with the first few hundred, and as one types, the server is asked
// for those that match, so that every subject of a large registry can be chosen.

for (const part of document.querySelectorAll("[data-references]")) watch(/** @type {HTMLElement} */ (part));

/** @param {HTMLElement} part */
function watch(part) {
  const offered = part.querySelector("datalist");
  if (!offered) return;
  const first = [...offered.options].map((option) => option.value);
  let timer = 0;
  /** @type {AbortController | undefined} */
  let running;
  /** @param {string[]} names */
  const offer = (names) => offered.replaceChildren(...names.map((name) => new Option("", name)));
  /** @param {string} text */
  const ask = async (text) => {
    running?.abort();
    if (text === "") {
      offer(first);
      return;
    }
    running = new AbortController();
    try {
      const address = `${part.dataset.references}?limit=50&q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const found = await answer.json();
      offer(found.subjects.map((/** @type {{ subject: string }} */ summary) => summary.subject));
    } catch {
      // A newer question has taken over, or the server cannot be reached: any name can be typed all the same.
    }
  };
  part.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.name !== "ref-subject") return;
    clearTimeout(timer);
    timer = setTimeout(ask, 120, input.value.trim());
  });
}
