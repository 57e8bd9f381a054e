// @ts-check
// Runs before the page is painted: the theme that this browser chose, else the system's.
(() => {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch { /* storage is shut: the system's theme */ }
})();
