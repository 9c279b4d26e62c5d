/**
 * How this node stands with the others, asked anew twice a minute while the page is looked at.
 * source: its GET answers the badge's inside · unreachable: what to say when the office's own service does not answer.
 */
const PERIOD = 30000;

class SyncBadge extends HTMLElement {
  connectedCallback() {
    this.setAttribute("aria-live", "polite");
    this.timer = window.setInterval(() => void this.look(), PERIOD);
    this.soon = () => void this.look();
    window.addEventListener("online", this.soon);
    window.addEventListener("offline", this.soon);
  }

  disconnectedCallback() {
    window.clearInterval(this.timer);
    if (!this.soon) return;
    window.removeEventListener("online", this.soon);
    window.removeEventListener("offline", this.soon);
  }

  async look() {
    const source = this.getAttribute("source");
    if (!source || document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(source, { redirect: "manual", headers: { "X-Requested-With": "fetch" } });
      // Signed out meanwhile: the next click says so better than a badge.
      if (answer.type === "opaqueredirect" || answer.status === 401) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("a.sync");
      if (made) this.put(made);
    } catch {
      const now = this.querySelector("a.sync");
      const made = now ? now.cloneNode(true) : null;
      if (!(made instanceof Element)) return;
      made.className = "sync trouble";
      const text = made.querySelector(".text");
      if (text) text.textContent = this.getAttribute("unreachable");
      this.put(made);
    }
  }

  /**
   * Only what is different is put: a screen reader says it once.
   * @param {Element} made
   */
  put(made) {
    const now = this.querySelector("a.sync");
    if (now && now.outerHTML === made.outerHTML) return;
    if (now) now.replaceWith(made);
    else this.append(made);
  }
}

customElements.define("sync-badge", SyncBadge);
