// @ts-check
// The page of a one-time link works without a script; this tells that somebody reads it, and spares the second tap.
import { shot } from "../agency/exif.js";
import { shrink } from "../agency/photo.js";

const base = `/t/${document.body.dataset.token}`;

// Programs that only look at links run no script.
fetch(`${base}/opened`, { method: "POST", credentials: "same-origin" }).catch(() => {});

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    const label = button.textContent;
    button.textContent = "Mengirim…";
    setTimeout(() => { button.disabled = true; });
    setTimeout(() => { button.disabled = false; button.textContent = label; }, 15000); // the line was lost: once more
  });
}

for (const form of document.querySelectorAll("form[data-photos]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    button.disabled = true;
    button.textContent = "Mengirim foto…";
    try {
      const picker = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
      for (const file of picker.files || []) {
        const body = new FormData();
        const facts = await shot(file);
        for (const [name, value] of Object.entries(facts)) body.set(name, String(value));
        body.set("photo", await shrink(file, Object.keys(facts).length > 0), "foto.jpg");
        await fetch(`${base}/photos`, { method: "POST", body, credentials: "same-origin" });
      }
      location.reload();
    } catch {
      button.disabled = false;
      button.textContent = "Belum terkirim, coba lagi";
    }
  });
}
