// @ts-check
// Changes the colours at once; the server hears of it through the cookie, and sends the next page in them.
export function theme() {
  const form = document.querySelector("form[data-theme-toggle]");
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("submit", (event) => {
    const chosen = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value;
    if (!chosen) return;
    event.preventDefault();
    document.documentElement.dataset.theme = chosen;
    const path = (document.body.dataset.base ?? "") + "/ui";
    document.cookie = `concord-theme=${chosen}; path=${path}; max-age=31536000; samesite=lax`;
    const other = form.querySelector(chosen === "dark" ? ".to-light" : ".to-dark");
    if (other instanceof HTMLElement) other.focus();
  });
}
