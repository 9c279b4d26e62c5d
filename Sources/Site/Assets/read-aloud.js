/**
 * Reads the page aloud, for whoever reads with difficulty: <read-aloud start="..." stop="..."></read-aloud>
 * Only voices of this computer are used: those of others would send what stands on the page away. Without one there is no
 * button.
 */
class ReadAloud extends HTMLElement {
  connectedCallback() {
    if (!("speechSynthesis" in window)) return;
    this.look = () => this.offer();
    window.speechSynthesis.addEventListener("voiceschanged", this.look);
    this.leave = () => window.speechSynthesis.cancel();
    window.addEventListener("pagehide", this.leave);
    this.offer();
  }

  disconnectedCallback() {
    if (!this.look || !this.leave) return;
    window.speechSynthesis.removeEventListener("voiceschanged", this.look);
    window.removeEventListener("pagehide", this.leave);
    window.speechSynthesis.cancel();
  }

  voice() {
    const language = document.documentElement.lang.slice(0, 2);
    return window.speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.startsWith(language));
  }

  offer() {
    if (this.button || !this.voice()) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "plain";
    this.button.addEventListener("click", () => (this.isReading() ? this.end() : this.read()));
    this.append(this.button);
    this.say();
  }

  isReading() {
    return this.reading !== undefined && this.reading.left > 0;
  }

  read() {
    const voice = this.voice();
    const main = document.querySelector("main");
    if (!voice || !main) return;
    window.speechSynthesis.cancel();
    // Line by line: browsers break off a long text after some seconds.
    const lines = main.innerText.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const reading = { left: lines.length };
    this.reading = reading;
    for (const line of lines) {
      const saying = new SpeechSynthesisUtterance(line);
      saying.voice = voice;
      saying.lang = voice.lang;
      saying.rate = 0.9;
      saying.addEventListener("end", () => this.said(reading));
      saying.addEventListener("error", () => this.said(reading));
      window.speechSynthesis.speak(saying);
    }
    this.say();
  }

  /** @param {{left: number}} reading */
  said(reading) {
    reading.left -= 1;
    this.say();
  }

  end() {
    this.reading = undefined;
    window.speechSynthesis.cancel();
    this.say();
  }

  say() {
    if (this.button) this.button.textContent = this.getAttribute(this.isReading() ? "stop" : "start");
  }
}

customElements.define("read-aloud", ReadAloud);
