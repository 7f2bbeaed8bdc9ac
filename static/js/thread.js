// An open inbox: looks for news while somebody is looking at it, and never takes them from what they read or write.
// Every page works without this file: reading again shows what is new, and files are chosen in the browser's own field.

// How long to wait until the next look: soon after something happened, ever longer while nothing does or nobody answers.
const QUICK = 4000;
const SLOW = 30000;
const LOST = 120000;
const isLook = (event) => event.detail.requestConfig?.triggeringEvent?.type === "look";

class LiveInbox extends HTMLElement {
  connectedCallback() {
    this.wait = QUICK;
    this.woken = () => this.wake();
    document.addEventListener("visibilitychange", this.woken);
    for (const name of ["pointerdown", "keydown"]) this.addEventListener(name, () => this.hurry());
    this.addEventListener("htmx:afterRequest", (event) => isLook(event) && this.heard(event.detail.xhr.status));
    for (const name of ["htmx:sendError", "htmx:responseError"]) {
      this.addEventListener(name, (event) => isLook(event) && event.stopPropagation());
    }
    this.addEventListener("click", (event) => event.target.closest("[data-fresh]") && this.goToEnd());
    this.keepPlace();
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.woken);
    removeEventListener("scroll", this.scrolled);
  }

  plan() {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible" && !this.over) this.timer = setTimeout(() => this.look(), this.wait);
  }

  look() {
    const poller = this.querySelector("#poller");
    if (poller) poller.dispatchEvent(new CustomEvent("look"));
  }

  wake() {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible" && !this.over) this.look();
  }

  // Somebody is at work here: an answer may be near.
  hurry() {
    if (this.wait <= QUICK * 1.5) return;
    this.wait = QUICK;
    this.plan();
  }

  heard(status) {
    if (status === 401) this.signedOut();
    else if (status === 304) this.wait = Math.min(this.wait * 1.25, SLOW);
    else if (status === 200) this.wait = QUICK;
    else this.wait = Math.min(this.wait * 2, LOST);
    this.plan();
  }

  signedOut() {
    this.over = true;
    const note = Object.assign(document.createElement("div"), { className: "note toast" });
    note.dataset.tone = "turn";
    note.append("You have been signed out. What you are writing stays here: send it, and sign in.");
    document.getElementById("messages")?.replaceChildren(note);
  }

  // Whoever is at the end stays there when something is added; whoever reads above stays where they are.
  keepPlace() {
    this.thread = this.querySelector("#thread");
    if (!this.thread) return;
    this.scrolled = () => this.atEnd() && this.tellFresh(false);
    addEventListener("scroll", this.scrolled, { passive: true });
    this.addEventListener("htmx:oobBeforeSwap", (event) => {
      if (event.detail.target !== this.thread) return;
      const first = this.thread.firstElementChild;
      this.place = { end: this.atEnd(), first, top: first?.getBoundingClientRect().top };
    });
    this.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target === this.thread && this.settle());
  }

  settle() {
    const { end, first, top } = this.place;
    if (first && first !== this.thread.firstElementChild) {
      scrollBy({ top: first.getBoundingClientRect().top - top, behavior: "instant" });
    } else if (end) this.goToEnd();
    else if (!this.thread.lastElementChild?.querySelector(".mine")) this.tellFresh(true);
    else this.goToEnd();
  }

  atEnd() {
    const end = this.querySelector("#poller") ?? this.thread;
    return end.getBoundingClientRect().bottom < innerHeight + 160;
  }

  goToEnd() {
    this.tellFresh(false);
    document.getElementById("write")?.scrollIntoView({ block: "end" });
  }

  tellFresh(some) {
    const button = this.querySelector("[data-fresh]");
    if (button) button.hidden = !some;
  }
}

// Files for a message: chosen, dropped on the conversation or pasted; each can be taken out again before it is sent.
let again = []; // what was chosen last, for the form that comes back when a message is refused

class FilePicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.files = "again" in this.dataset ? again : [];
    this.list = document.createElement("ul");
    this.list.className = "files";
    this.list.setAttribute("aria-label", "Files to send");
    this.said = document.createElement("p");
    this.said.className = "err";
    this.said.setAttribute("role", "status");
    this.append(this.list, this.said);
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.opener = this.querySelector("summary");
    this.opener.addEventListener("click", (event) => {
      event.preventDefault();
      this.input.click();
    });
    const place = this.closest(".conv") ?? this;
    place.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    place.addEventListener("drop", (event) => this.isConnected && this.take(event, event.dataTransfer));
    this.closest("form").addEventListener("paste", (event) => this.take(event, event.clipboardData));
    this.show();
  }

  take(event, source) {
    if (!source?.files.length) return;
    event.preventDefault();
    this.add([...source.files]);
  }

  add(chosen) {
    const { most, count, readable } = this.input.dataset;
    const large = chosen.find((file) => file.size > Number(most));
    const small = chosen.filter((file) => file.size <= Number(most) && !this.files.includes(file));
    const room = Number(count) - this.files.length;
    this.files = [...this.files, ...small.slice(0, room)];
    if (large) this.say(`“${large.name}” is larger than ${readable}. Send a link to it instead, or split it.`);
    else if (small.length > room) this.say(`Up to ${count} files go with one message. Send the others with the next.`);
    else this.say("");
    this.show();
  }

  remove(file) {
    this.files = this.files.filter((other) => other !== file);
    this.say("");
    this.show();
    this.opener.focus();
  }

  say(words) {
    this.said.textContent = words;
  }

  show() {
    again = this.files;
    const held = new DataTransfer();
    for (const file of this.files) held.items.add(file);
    this.input.files = held.files;
    this.list.replaceChildren(...this.files.map((file) => this.row(file)));
  }

  row(file) {
    const row = Object.assign(document.createElement("li"), { className: "file" });
    const words = Object.assign(document.createElement("div"), { className: "grow" });
    const name = Object.assign(document.createElement("p"), { className: "clip", textContent: file.name });
    const size = Object.assign(document.createElement("p"), { className: "xs muted", textContent: inWords(file.size) });
    const remove = Object.assign(document.createElement("button"), { className: "btn btn-3 btn-s", type: "button" });
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => this.remove(file));
    words.append(name, size);
    row.append(words, remove);
    return row;
  }
}

function inWords(bytes) {
  const steps = ["bytes", "KB", "MB", "GB"];
  const step = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${steps[step]}`;
}

customElements.define("live-inbox", LiveInbox);
customElements.define("file-picker", FilePicker);

// Enter sends with Ctrl or Cmd, as people know it from mail.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.id === "write") {
    event.target.form.requestSubmit();
  }
});
