/**
 * Asks before a button with data-confirm does its work. One per page: <confirm-dialog yes="..." no="..."></confirm-dialog>
 * The question is the attribute's text; the button's own words are what one presses to go on.
 */
class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    /** @type {HTMLButtonElement | null} */
    this.asked = null;
    document.addEventListener("click", (event) => this.ask(event), true);
  }

  /** @param {Event} event */
  ask(event) {
    const target = event.target instanceof Element ? event.target.closest("button[data-confirm]") : null;
    if (!(target instanceof HTMLButtonElement)) return;
    // The press that was let through.
    if (this.asked === target) {
      this.asked = null;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const question = target.dataset.confirm || "";
    // Firefox before 98 has no dialog element.
    if (typeof HTMLDialogElement === "undefined") {
      if (window.confirm(question)) this.go(target);
      return;
    }
    this.show(target, question);
  }

  /** @param {HTMLButtonElement} target @param {string} question */
  show(target, question) {
    const dialog = document.createElement("dialog");
    const text = document.createElement("p");
    text.id = "confirm-question";
    text.textContent = question;
    dialog.setAttribute("aria-labelledby", text.id);
    const row = document.createElement("div");
    row.className = "actions";
    const no = this.button(this.getAttribute("no") || "", "btn", () => dialog.close());
    const words = (target.textContent || "").trim();
    const yes = this.button(words || this.getAttribute("yes") || "", "btn primary", () => {
      dialog.close();
      this.go(target);
    });
    row.append(no, yes);
    dialog.append(text, row);
    dialog.addEventListener("close", () => {
      dialog.remove();
      target.focus();
    });
    this.append(dialog);
    dialog.showModal();
    yes.focus();
  }

  /** @param {string} words @param {string} look @param {() => void} action */
  button(words, look, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = look;
    button.textContent = words;
    button.addEventListener("click", action);
    return button;
  }

  /** @param {HTMLButtonElement} target */
  go(target) {
    this.asked = target;
    target.click();
  }
}

customElements.define("confirm-dialog", ConfirmDialog);
