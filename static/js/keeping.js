// Nothing typed in the gig editor is lost: a draft is saved as it is typed; whatever isn't saved (a gig that buyers
// see, no connection, signed out) stays in this browser and is offered again. Without this file, "Save" saves.
const PAUSE = 1500;
const RETRY = 8000;
const MONTH = 30 * 24 * 3600 * 1000;
const NOT_TEXT = ["csrfmiddlewaretoken", "seen", "action", "show"];
const place = `milepost:${location.pathname}`;
const status = document.getElementById("keeping");
const form = () => document.getElementById("editor");
const seen = () => document.getElementById("seen").value;
const typed = () =>
  JSON.stringify([...new FormData(form())].filter(([name, value]) => typeof value === "string" && !NOT_TEXT.includes(name)));
const say = (words) => status.replaceChildren(words);

let stored = form().dataset.typed ? "" : typed();
let sending = "";
let timer;

// --- In this browser: by gig and tab (the address), with the version and the page that it was typed into
function copy() {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}
function remember(more = {}) {
  try {
    if (typed() === stored) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify({ seen: seen(), at: Date.now(), text: typed(), ...more }));
  } catch {
    // storage is full or switched off: the page itself still has it
  }
}
function offer() {
  const kept = copy();
  if (!kept || form().dataset.typed) return;
  const savedSince = kept.sent && kept.seen.split(".")[1] === form().dataset.savedBy;
  if (savedSince || kept.text === stored || Date.now() - kept.at > MONTH) return localStorage.removeItem(place);
  const note = document.getElementById("bring-back").content.cloneNode(true);
  const shape = { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  note.querySelector("time").textContent = new Date(kept.at).toLocaleString("en-GB", shape);
  note.querySelector("[data-bring]").addEventListener("click", () => bringBack(kept));
  note.querySelector("[data-throw]").addEventListener("click", () => {
    localStorage.removeItem(place);
    document.getElementById("brought").replaceChildren();
    form().querySelector(".in")?.focus();
  });
  document.getElementById("brought").replaceChildren(note);
}
async function bringBack(kept) {
  const values = { action: "restore", seen: kept.seen };
  for (const [name, value] of JSON.parse(kept.text)) (values[name] ??= []).push(value);
  await htmx.ajax("POST", location.pathname, { target: "#editor", swap: "outerHTML", values }).catch(() => 0);
  if (typed() === stored) return; // it didn't get through: the offer stays
  document.getElementById("brought").replaceChildren();
  form().querySelector(".in")?.focus();
  changed();
}

// --- At the server
function changed() {
  remember();
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}
function keep() {
  clearTimeout(timer);
  if (document.querySelector("#conflict > *")) return say("Not saved: choose above which version counts.");
  if (!navigator.onLine) return lost();
  sending = typed();
  htmx.trigger(status, "keep");
}
function lost(words = "No connection. What you type is kept in this browser and saved when you are back.") {
  say(words);
  clearTimeout(timer);
  timer = setTimeout(keep, RETRY);
}
document.addEventListener("input", ({ target }) => target.form === form() && changed());
document.addEventListener("change", ({ target }) => target.form === form() && changed());
status.addEventListener("htmx:configRequest", ({ detail }) => {
  if (typed() === stored) detail.parameters.action = "preview";
});
addEventListener("online", () => typed() === stored || keep());
addEventListener("offline", () => typed() === stored || lost());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && typed() !== stored && !status.querySelector("[data-kept]")) keep();
});
status.addEventListener("htmx:sendError", () => lost());
status.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401) say("Not saved: you are signed out. What you type is kept in this browser.");
  else if (detail.xhr.status !== 409) lost("Not saved: something failed on our side. We try again in a moment.");
});
status.addEventListener("htmx:afterSettle", () => {
  if (!status.textContent.trim()) status.replaceChildren(); // nothing to say: no empty pill
  if (status.querySelector("[data-kept]")) stored = sending;
  remember();
});

// --- Buttons that change rows answer with the form anew
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "editor") return;
  const at = form().dataset.kept;
  if (at) {
    stored = typed();
    say(Object.assign(document.createElement("span"), { textContent: `Saved at ${at}` }));
    status.firstChild.dataset.kept = at;
  }
  remember();
});

// --- Saving by the button
addEventListener(
  "submit",
  (event) => {
    if (event.target !== form()) return;
    if (navigator.onLine) return remember({ sent: true });
    event.preventDefault();
    remember();
    lost();
  },
  { capture: true },
);

offer();
if (form().dataset.typed) changed();
