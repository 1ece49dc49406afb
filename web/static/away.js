// @ts-check
// Says at the foot of the window that the server cannot be reached, for as long as it cannot.

/** @type {HTMLElement | undefined} */
let box;

/** @param {boolean} gone */
export function away(gone) {
  if (gone && !box) {
    box = document.createElement("p");
    box.className = "away";
    box.setAttribute("role", "status");
    document.body.append(box);
    box.textContent = "The server cannot be reached. What you see may be old.";
  } else if (!gone) {
    box?.remove();
    box = undefined;
  }
}
