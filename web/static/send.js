// @ts-check
// A form that is sent to a server that is away leaves the browser's own page behind, and what was typed is gone. So the server is
// asked first whether it is there; while it is not, the form stays, and the foot of the window says why.
import { away } from "./away.js";

export function send() {
  for (const form of document.querySelectorAll("form[method=post]:not([data-theme-toggle])")) {
    if (form instanceof HTMLFormElement) guard(form);
  }
}

/** @param {HTMLFormElement} form */
function guard(form) {
  let asking = false;
  let there = false;
  form.addEventListener("submit", async (event) => {
    if (there) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    const address = `${document.body.dataset.base ?? ""}/ui/keys`;
    // What a proxy says in its place; any other answer comes from the server, or from what the form itself would meet.
    there = await fetch(address, { method: "HEAD" }).then((answer) => ![502, 503, 504].includes(answer.status), () => false);
    asking = false;
    away(!there);
    if (there) form.requestSubmit(event.submitter);
    there = false;
  });
}
