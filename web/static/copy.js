// @ts-check
// A button with data-copy="#id" copies the text of that element; with data-copy="" that of the <pre> beside it.

/** @param {ParentNode} root */
export function copyButtons(root) {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    if (!(button instanceof HTMLButtonElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const selector = button.dataset.copy;
  const from = selector ? document.querySelector(selector) : button.parentElement?.querySelector("pre");
  if (!from) return;
  // Numbers of lines are no part of the text.
  const text = from instanceof HTMLTextAreaElement ? from.value
    : from.hasAttribute("data-lines") ? [...from.querySelectorAll("[data-text]")].map((line) => line.textContent).join("\n")
    : from.textContent ?? "";
  const label = button.querySelector(".sr") ?? button;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(text);
    label.textContent = "Copied";
    button.classList.add("done");
  } catch {
    // Browsers give the clipboard to secure pages only; selecting it leaves one key to press.
    const range = document.createRange();
    range.selectNodeContents(from);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    label.textContent = "Selected: press Ctrl C";
  }
  setTimeout(() => {
    label.textContent = before;
    button.classList.remove("done");
  }, 2000);
}
