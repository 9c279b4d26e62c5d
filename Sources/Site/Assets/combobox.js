/**
 * Search in long code tables by name, code or pinyin initials.
 *
 * <code-picker> wraps a <select>; its options carry data-initials.
 * <org-picker source="..."> wraps a text input that takes a code; GET source?q=... answers [{"value", "label"}], best first.
 * none: what to say when nothing fits · hint: placeholder. What is sent with the form is the select's or input's value, as
 * without JavaScript.
 *
 * @typedef {{value: string, label: string}} Choice
 */
const SHOWN = 60;
const PAUSE = 200;

class Picker extends HTMLElement {
  /** Counts the searches, so that an answer that comes too late is known. */
  asked = 0;

  connectedCallback() {
    const field = this.querySelector("select, input");
    if (this.box || !(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    this.field = field;
    const box = document.createElement("input");
    this.box = box;
    box.type = "text";
    box.autocomplete = "off";
    box.placeholder = this.getAttribute("hint") || "";
    // The label, the help and the list of errors name the field that one types into.
    box.id = field.id;
    field.removeAttribute("id");
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = field.getAttribute(name);
      if (value) box.setAttribute(name, value);
    }
    if (field.required) box.setAttribute("aria-required", "true");
    const options = document.createElement("ul");
    this.options = options;
    options.id = box.id + "-options";
    options.className = "options";
    options.hidden = true;
    options.setAttribute("role", "listbox");
    options.setAttribute("aria-label", box.placeholder);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-expanded", "false");
    box.setAttribute("aria-controls", options.id);
    field.hidden = true;
    this.prepend(box);
    this.append(options);
    box.value = this.shown();
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      void this.search(box.value);
    });
    // What the box shows is no field of the form: only the chosen value is a change.
    box.addEventListener("change", (event) => event.stopPropagation());
    box.addEventListener("focus", () => box.select());
    box.addEventListener("click", () => void this.search(""));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("blur", () => this.close(true));
    options.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target instanceof Element ? event.target.closest("li[role=option]") : null;
      if (line) this.pick(Array.from(options.children).indexOf(line));
    });
  }

  /** The words for the value in force. */
  shown() {
    return "";
  }

  /** @param {string} _text @returns {Promise<Choice[]>} */
  async find(_text) {
    return [];
  }

  /** @param {Choice | null} _choice */
  take(_choice) {}

  /** @param {string} text */
  async search(text) {
    this.asked += 1;
    const asked = this.asked;
    const found = (await this.find(text.trim().toLowerCase())).slice(0, SHOWN);
    // An answer that was overtaken by more typing, or by leaving.
    if (this.asked !== asked || document.activeElement !== this.box) return;
    this.found = found;
    this.at = found.length > 0 && text.trim() ? 0 : -1;
    if (!this.options || !this.box) return;
    this.options.textContent = "";
    for (const [index, choice] of found.entries()) {
      const line = document.createElement("li");
      line.id = this.options.id + "-" + index;
      line.setAttribute("role", "option");
      line.textContent = choice.label;
      this.options.append(line);
    }
    if (found.length === 0) {
      const line = document.createElement("li");
      line.className = "none";
      line.setAttribute("role", "option");
      line.setAttribute("aria-disabled", "true");
      line.textContent = this.getAttribute("none");
      this.options.append(line);
    }
    this.options.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark();
  }

  mark() {
    if (!this.options || !this.box) return;
    this.box.removeAttribute("aria-activedescendant");
    for (const [index, line] of Array.from(this.options.children).entries()) {
      line.setAttribute("aria-selected", String(index === this.at));
      if (index !== this.at) continue;
      this.box.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isOpen = this.options !== undefined && !this.options.hidden;
    const count = (this.found || []).length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) {
        void this.search("");
        return;
      }
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (count > 0) this.at = ((this.at === undefined || this.at < 0 ? (step > 0 ? -1 : count) : this.at) + step + count) % count;
      this.mark();
    } else if (event.key === "Enter" && isOpen && !event.ctrlKey) {
      event.preventDefault();
      if (this.at !== undefined && this.at >= 0) this.pick(this.at);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      this.close(true);
    }
  }

  /** @param {number} index */
  pick(index) {
    const choice = (this.found || [])[index];
    if (!choice) return;
    this.take(choice);
    this.close(false);
    if (this.field) this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /**
   * Emptied means no value; anything else that was typed and not chosen is forgotten.
   * @param {boolean} isLeft
   */
  close(isLeft) {
    this.asked += 1;
    if (!this.box || !this.options || !this.field) return;
    if (isLeft && this.box.value.trim() === "" && this.field.value !== "") {
      this.take(null);
      this.field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.options.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
    this.box.value = this.shown();
  }
}

class CodePicker extends Picker {
  choices() {
    return this.field instanceof HTMLSelectElement ? Array.from(this.field.options).filter((option) => option.value !== "") : [];
  }

  shown() {
    const option = this.choices().find((option) => option.selected);
    return option ? option.label : "";
  }

  /** @param {string} text */
  async find(text) {
    const fits = this.choices().filter((option) => {
      const initials = (option.dataset.initials || "").split(" ");
      return option.label.toLowerCase().includes(text) || option.value.toLowerCase().startsWith(text)
        || initials.some((reading) => reading.startsWith(text));
    });
    return fits.map((option) => ({ value: option.value, label: option.label }));
  }

  /** @param {Choice | null} choice */
  take(choice) {
    if (this.field) this.field.value = choice ? choice.value : "";
  }
}

class OrgPicker extends Picker {
  connectedCallback() {
    this.label = this.getAttribute("label") || "";
    super.connectedCallback();
  }

  shown() {
    return this.field && this.field.value !== "" ? this.label || this.field.value : "";
  }

  /** @param {string} text @returns {Promise<Choice[]>} */
  async find(text) {
    const asked = this.asked;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (asked !== this.asked) return [];
    const source = this.getAttribute("source") || "";
    try {
      const answer = await fetch(source + (source.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(text), {
        redirect: "manual", headers: { "X-Requested-With": "fetch" },
      });
      return answer.ok ? await answer.json() : [];
    } catch {
      return [];
    }
  }

  /** @param {Choice | null} choice */
  take(choice) {
    this.label = choice ? choice.label : "";
    if (this.field) this.field.value = choice ? choice.value : "";
  }
}

customElements.define("code-picker", CodePicker);
customElements.define("org-picker", OrgPicker);
