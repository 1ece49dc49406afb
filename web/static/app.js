// @ts-check
// On every page. Each island looks for its own elements and does nothing when there are none.
import { copyButtons } from "./copy.js";
import { filter } from "./filter.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { menus } from "./menu.js";
import { send } from "./send.js";
import { theme } from "./theme.js";

document.documentElement.classList.add("scripted");
theme();
copyButtons(document);
filter();
keys();
live();
menus();
send();

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => /** @type {HTMLFormElement} */ (form).requestSubmit());
}
