// What the pages can do more with JavaScript; without it every one of them works as a plain page.
import "./combobox.js";
import "./confirm-dialog.js";
import "./draft-form.js";
import "./read-aloud.js";
import "./row-table.js";
import "./select-all.js";
import "./sync-badge.js";

// A form that came back with errors begins at their list, for eyes and screen readers.
const errors = document.getElementById("errors");
if (errors) errors.focus();

// Sheets that hang from a word close again on a click elsewhere or with Escape.
const sheets = "details.me[open], details.drop[open]";
document.addEventListener("click", (event) => {
  for (const sheet of document.querySelectorAll(sheets)) {
    if (event.target instanceof Node && !sheet.contains(event.target)) sheet.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const sheet of document.querySelectorAll(sheets)) {
    sheet.removeAttribute("open");
    const summary = sheet.querySelector("summary");
    if (summary) summary.focus();
  }
});

// "Print" as a button where paper is the point of the page.
for (const button of document.querySelectorAll("[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => window.print());
}

// Printed by the browser's own command, a page shows what is folded away on the screen.
window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("main details:not(.drop)")) part.setAttribute("open", "");
});
