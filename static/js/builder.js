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
  const part = event.target.closest(".cell").querySelector("[data-part]");
  part.dispatchEvent(new Event("input", { bubbles: true }));
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

// After a swap: cards that were open stay open, and the keyboard stays where it was.
let open = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...document.querySelectorAll(".ms details[open] [name$='-name']")].map((input) => input.value));
});
document.addEventListener("htmx:afterSettle", () => {
  for (const card of document.querySelectorAll(".ms details")) {
    if (open.has(card.querySelector("[name$='-name']").value)) card.open = true;
  }
  followAll();
  document.getElementById(document.getElementById("editor")?.dataset.focusOn)?.focus();
});
followAll();
