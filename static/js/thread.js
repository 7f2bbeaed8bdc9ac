// An open conversation: looks for news while somebody is looking at it, and keeps the newest in sight.
// Every page works without this file: reading again shows what is new.
const EVERY = 5000;

class LiveThread extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.look(), EVERY);
    this.woken = () => this.look();
    document.addEventListener("visibilitychange", this.woken);
    this.observer = new MutationObserver(() => this.follow());
    this.observer.observe(this.querySelector("#thread"), { childList: true });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.woken);
    this.observer.disconnect();
  }

  look() {
    if (document.visibilityState === "visible") {
      this.querySelector("#poller")?.dispatchEvent(new CustomEvent("look"));
    }
  }

  // Follows only whoever is at the end already: nobody is torn away from what they read.
  follow() {
    const form = document.getElementById("write");
    if (form && form.getBoundingClientRect().top < innerHeight * 1.5) form.scrollIntoView({ block: "end" });
  }
}

customElements.define("live-thread", LiveThread);

// Enter sends with Ctrl or Cmd, as people know it from mail.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.id === "write") {
    event.target.form.requestSubmit();
  }
});
