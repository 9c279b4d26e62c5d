/**
 * Keeps what is typed into the form inside: once a minute, when a changed field is left, and when the page is left.
 *
 * draft: where a POST of all fields keeps them (none: nothing is kept) · saved, failed, expired: sentences, {time} in the first ·
 * leaving: the question on leaving with something unsaved. Ctrl+Enter presses the first button of the form's last row.
 *
 * When the session ends while one types, nothing is lost: one signs in again in another window, and on coming back the form
 * takes the new session's token.
 */
const MINUTE = 60000;

class DraftForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    this.form = form;
    this.isDirty = false;
    this.isSending = false;
    this.isExpired = false;
    this.isFailed = false;
    this.change = 0;
    this.draft = this.getAttribute("draft");
    this.state = this.querySelector(".draft-state");
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => {
      this.touch();
      void this.keep();
    });
    form.addEventListener("lines-changed", () => this.touch());
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => this.key(event));
    this.timer = window.setInterval(() => void this.keep(), MINUTE);
    this.leave = (/** @type {BeforeUnloadEvent} */ event) => {
      if (!this.isDirty) return;
      event.preventDefault();
      event.returnValue = this.getAttribute("leaving") || "";
    };
    this.hide = () => {
      if (document.visibilityState === "hidden") void this.keep();
    };
    this.back = () => {
      this.isSending = false;
      if (this.isExpired) void this.keep();
    };
    window.addEventListener("beforeunload", this.leave);
    document.addEventListener("visibilitychange", this.hide);
    window.addEventListener("pageshow", this.back);
    window.addEventListener("focus", this.back);
  }

  disconnectedCallback() {
    window.clearInterval(this.timer);
    if (this.leave) window.removeEventListener("beforeunload", this.leave);
    if (this.hide) document.removeEventListener("visibilitychange", this.hide);
    if (this.back) {
      window.removeEventListener("pageshow", this.back);
      window.removeEventListener("focus", this.back);
    }
  }

  touch() {
    this.isDirty = true;
    this.change = (this.change || 0) + 1;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    /** @type {HTMLButtonElement | null} */
    const first = this.querySelector(".submit button");
    if (first) first.click();
  }

  /**
   * A second press while the first is on its way would do the work twice. After a failure the page stays until the office's
   * service answers again: what was typed would be gone with it.
   * @param {SubmitEvent} event
   */
  submit(event) {
    if (this.isSending) {
      event.preventDefault();
      return;
    }
    if (this.draft && this.isFailed) {
      event.preventDefault();
      void this.keepThenSend(event.submitter);
      return;
    }
    this.isSending = true;
    this.isDirty = false;
  }

  /** @param {HTMLElement | null} button */
  async keepThenSend(button) {
    this.isDirty = true;
    await this.keep();
    if (this.isFailed || !this.form) return;
    if (button) button.click();
    else this.form.submit();
  }

  async keep() {
    if (!this.draft || !this.isDirty || this.isSending || !this.form) return;
    const change = this.change;
    try {
      let answer = await this.send(this.draft, this.form);
      if (this.isRefused(answer) && (await this.takeToken(this.form))) answer = await this.send(this.draft, this.form);
      this.isExpired = this.isRefused(answer);
      if (this.isExpired) {
        this.say(this.getAttribute("expired") || "", true);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      if (change === this.change) this.isDirty = false;
      const time = new Date().toTimeString().slice(0, 5);
      this.say((this.getAttribute("saved") || "").replace("{time}", time), false);
    } catch {
      this.say(this.getAttribute("failed") || "", true);
    }
  }

  /** @param {string} draft @param {HTMLFormElement} form */
  send(draft, form) {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    // A request that outlives its page may have 64 KiB.
    const isShort = body.toString().length < 60000;
    return fetch(draft, {
      method: "POST", body, redirect: "manual", keepalive: isShort, headers: { "X-Requested-With": "fetch" },
    });
  }

  /** @param {Response} answer */
  isRefused(answer) {
    return answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
  }

  /**
   * The token of a newer session, from this very page; false when there is none.
   * @param {HTMLFormElement} form
   */
  async takeToken(form) {
    const answer = await fetch(window.location.href, { redirect: "manual", headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("form input[name=_csrf]");
    const own = form.querySelector("input[name=_csrf]");
    if (!(found instanceof HTMLInputElement && own instanceof HTMLInputElement) || found.value === own.value) return false;
    own.value = found.value;
    return true;
  }

  /** @param {string} text @param {boolean} isFailure */
  say(text, isFailure) {
    this.isFailed = isFailure;
    if (!this.state) return;
    this.state.textContent = text;
    this.state.classList.toggle("failed", isFailure);
  }
}

customElements.define("draft-form", DraftForm);
