/**
 * What is done with ticked rows of a list: a tick for the page, the count of ticked rows, and all that the filters let through.
 * chosen: "已选 {n} 条". Without JavaScript the ticks and the buttons work all the same.
 */
class SelectAll extends HTMLElement {
  connectedCallback() {
    const list = this.closest(".list");
    const page = list && list.querySelector("thead input.all");
    if (!list) return;
    this.list = list;
    this.scope = this.querySelector("input[name=scope]");
    this.words = document.createElement("span");
    this.words.className = "selected";
    this.words.setAttribute("role", "status");
    const bulk = this.querySelector(".bulk");
    if (bulk) bulk.append(this.words);
    if (page instanceof HTMLInputElement) {
      this.page = page;
      page.hidden = false;
      page.addEventListener("change", () => this.tickPage(page.checked));
    }
    /** @type {HTMLInputElement | null} */
    let last = null;
    list.addEventListener("click", (event) => {
      const tick = event.target;
      if (!(tick instanceof HTMLInputElement) || tick.name !== "id") return;
      if (event instanceof MouseEvent && event.shiftKey && last) this.tickBetween(last, tick);
      last = tick;
      this.show();
    });
    if (this.scope) this.scope.addEventListener("change", () => this.show());
    // A page that comes back from the browser's memory brings its ticks along.
    window.addEventListener("pageshow", () => this.show());
    this.show();
  }

  /** @returns {HTMLInputElement[]} */
  ticks() {
    return this.list ? Array.from(this.list.querySelectorAll("tbody input[name=id]")) : [];
  }

  /** @param {boolean} isOn */
  tickPage(isOn) {
    for (const tick of this.ticks()) tick.checked = isOn;
    this.show();
  }

  /** @param {HTMLInputElement} from @param {HTMLInputElement} to */
  tickBetween(from, to) {
    const ticks = this.ticks();
    const ends = [ticks.indexOf(from), ticks.indexOf(to)].sort((a, b) => a - b);
    for (const tick of ticks.slice(ends[0], ends[1] + 1)) tick.checked = to.checked;
  }

  show() {
    const ticks = this.ticks();
    const isAll = this.scope instanceof HTMLInputElement && this.scope.checked;
    const chosen = ticks.filter((tick) => tick.checked).length;
    for (const tick of ticks) {
      tick.disabled = isAll;
      const row = tick.closest("tr");
      if (row) row.classList.toggle("chosen", isAll || tick.checked);
    }
    if (this.page) {
      this.page.disabled = isAll;
      this.page.checked = chosen > 0 && chosen === ticks.length;
      this.page.indeterminate = chosen > 0 && chosen < ticks.length;
    }
    for (const button of this.querySelectorAll("button")) button.disabled = !isAll && chosen === 0;
    const count = isAll ? this.getAttribute("count") || "" : String(chosen);
    const words = (this.getAttribute("chosen") || "").replace("{n}", count);
    if (this.words) this.words.textContent = isAll || chosen > 0 ? words : "";
  }
}

customElements.define("select-all", SelectAll);
