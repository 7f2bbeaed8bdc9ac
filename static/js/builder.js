// Comforts of the milestone builder: cells follow their tick, sums follow what is typed. The page works without it.
function follow(box) {
  for (const input of box.closest(".cell").querySelectorAll(".in")) input.disabled = !box.checked;
}
function followAll() {
  for (const box of document.querySelectorAll(".cell .tick input")) follow(box);
}
document.addEventListener("change", (event) => {
  if (!event.target.matches(".cell .tick input")) return;
  follow(event.target);
  for (const input of event.target.closest(".cell").querySelectorAll(".in")) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Days as typed add up below their package, beside what Pricing says of it.
const inDays = (count) => `${count} ${count === 1 ? "day" : "days"}`;
document.addEventListener("input", ({ target }) => {
  const tier = target.dataset?.days;
  if (!tier) return;
  const inputs = [...document.querySelectorAll(`[data-days="${tier}"]:not(:disabled)`)];
  const total = inputs.reduce((sum, input) => sum + (parseInt(input.value, 10) || 0), 0);
  document.querySelector(`[data-days-sum="${tier}"]`).textContent = inDays(total);
  const output = document.querySelector(`[data-days-left="${tier}"]`);
  if (!output) return;
  const left = Number(output.dataset.stated) - total;
  output.textContent = left ? `${inDays(Math.abs(left))} ${left > 0 ? "fewer" : "more"}` : "As in Pricing";
  output.closest("[data-tone]").dataset.tone = left ? "turn" : "go";
});

// What is typed into a package that isn’t offered offers it.
document.addEventListener("input", ({ target }) => {
  const box = target.closest("fieldset")?.querySelector("[name$='-offered']");
  if (box && target !== box && target.value) box.checked = true;
});

// “Continue” and “Save” add the picture that was begun; only where none was is there nothing to check.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[value='continue'], [value='save']");
  const parts = [document.getElementById("id_image"), document.getElementById("id_alt")];
  if (button && parts[0]) button.formNoValidate = !parts.some((input) => input.value);
});

// What is wrong in a package that isn’t shown on a phone is shown by the link to it.
document.addEventListener("click", ({ target }) => {
  const input = target.hash?.length > 1 && document.getElementById(target.hash.slice(1));
  const show = document.getElementById(`show-${input && input.closest("[data-tier]")?.dataset.tier}`);
  if (show) show.checked = true;
});

// A name as it is typed shows in the head of its card, and in its row of the matrix.
document.addEventListener("input", (event) => {
  const [, index] = event.target.name?.match(/^stages-(\d+)-name$/) ?? [];
  if (!index) return;
  const name = event.target.value || "New milestone";
  event.target.closest(".ms").querySelector(".post-name").textContent = name;
  const row = document.querySelectorAll(".matrix tbody tr")[index];
  row.querySelector("th").textContent = `${Number(index) + 1}. ${name}`;
});

// A row dropped at another place is moved by the same form as its buttons do: only the server knows rows.
function act(action) {
  htmx.ajax("POST", location.pathname, { source: "#editor", target: "#editor", swap: "outerHTML", values: { action } });
}
function makeSortable() {
  const animation = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
  for (const list of document.querySelectorAll("[data-rows]")) {
    const onEnd = ({ oldIndex, newIndex }) =>
      oldIndex === newIndex || act(`move ${list.dataset.rows} ${oldIndex} ${newIndex}`);
    Sortable.create(list, { handle: ".grip", animation, onEnd });
  }
}

// A button that changes rows is answered with the form anew. Meanwhile nothing can be typed into the old one; then
// cards that were open stay open, and the keyboard goes on where the button says, or where it was.
let open = new Set();
let focused = "";
const isEditor = (element) => element?.id === "editor";
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!isEditor(detail.target)) return;
  focused = document.activeElement.id;
  detail.target.inert = true;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (isEditor(detail.target)) detail.target.inert = false;
});
document.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...document.querySelectorAll(".ms details[open] [name$='-name']")].map((input) => input.value));
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!isEditor(detail.target)) return;
  for (const card of document.querySelectorAll(".ms details")) {
    if (open.has(card.querySelector("[name$='-name']").value)) card.open = true;
  }
  ready();
  focus(document.getElementById(document.getElementById("editor").dataset.focusOn || focused));
});
function focus(wanted) {
  const card = wanted?.closest("details");
  if (card) card.open = true;
  // at an end of the list the button that was pressed can go no further: its neighbour takes over
  (wanted?.disabled ? wanted.parentElement.querySelector("button:not(:disabled)") : wanted)?.focus();
}
function ready() {
  followAll();
  makeSortable();
}
ready();
