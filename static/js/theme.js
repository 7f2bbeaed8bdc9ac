// Runs before the first paint, so that a chosen theme never flashes. Blocking on purpose, and tiny.
document.documentElement.classList.add("js");
try {
  if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
} catch {
  // storage is switched off: the system's theme stays
}
