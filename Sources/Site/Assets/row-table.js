/**
 * Lines that can be added and taken away: rows of a table or cards. Without JavaScript the button for a new line submits the
 * form and the tick "remove" does its work on saving.
 *
 * next: number of the next line · its <template> holds a blank one, with __n__ where the number goes.
 */
class RowTable extends HTMLElement {
  connectedCallback() {
    this.blank = this.querySelector("template");
    this.rows = this.querySelector(".rows");
    const add = this.querySelector("button.add");
    if (!this.blank || !this.rows || !add) return;
    add.addEventListener("click", (event) => {
      event.preventDefault();
      this.add();
    });
    for (const line of this.rows.querySelectorAll(".line")) this.watch(line);
    this.count();
  }

  add() {
    if (!this.blank || !this.rows) return;
    const number = Number(this.getAttribute("next") || "0");
    this.setAttribute("next", String(number + 1));
    const made = document.createElement("template");
    made.innerHTML = this.blank.innerHTML.replace(/__n__/g, String(number));
    const line = made.content.querySelector(".line");
    if (!line) return;
    line.classList.add("new");
    this.rows.append(line);
    this.watch(line);
    this.count();
    /** @type {HTMLElement | null} */
    const first = line.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    this.dispatchEvent(new Event("lines-changed", { bubbles: true }));
  }

  /** @param {Element} line */
  watch(line) {
    const tick = line.querySelector(".remove input");
    if (!(tick instanceof HTMLInputElement)) return;
    tick.addEventListener("change", () => {
      // A line that was never saved leaves no trace; one that was can be kept after all until the form is saved.
      if (line.classList.contains("new")) {
        line.remove();
        this.focusAdd();
      } else {
        line.classList.toggle("gone", tick.checked);
        const words = line.querySelector(".remove span");
        if (words) words.textContent = this.getAttribute(tick.checked ? "undo" : "remove");
      }
      this.count();
      this.dispatchEvent(new Event("lines-changed", { bubbles: true }));
    });
    line.classList.toggle("gone", tick.checked);
  }

  focusAdd() {
    /** @type {HTMLElement | null} */
    const add = this.querySelector("button.add");
    if (add) add.focus();
  }

  count() {
    let number = 0;
    for (const label of this.querySelectorAll(".rows .line-number")) label.textContent = String(++number);
  }
}

customElements.define("row-table", RowTable);
