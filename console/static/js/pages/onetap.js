// @ts-check
// The page of a one-time link works without a script; this tells that somebody reads it, and spares the second tap.
import { shot } from "../agency/exif.js";
import { shrink } from "../agency/photo.js";

const base = `/t/${document.body.dataset.token}`;
const PHOTO_MS = 120000;

// Programs that only look at links run no script.
fetch(`${base}/opened`, { method: "POST", credentials: "same-origin" }).catch(() => {});

// What changes meanwhile is shown at once, unless somebody is writing: then a bar says so.
const LOOK_MS = 15000;
const written = () => [...document.querySelectorAll("textarea, input[type=url], input[type=file]")]
  .some((field) => /** @type {HTMLInputElement} */ (field).value);

async function look() {
  if (document.hidden || document.querySelector(".bar.newer")) return;
  try {
    const answer = await fetch(base, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.body.dataset.stamp || page.body.dataset.stamp === document.body.dataset.stamp) return;
    if (!written()) return location.reload();
    const bar = document.createElement("div");
    bar.className = "bar bad newer";
    bar.setAttribute("role", "alert");
    bar.innerHTML = "<p>Laporan ini DIUBAH.</p>";
    const button = Object.assign(document.createElement("button"), { className: "button", textContent: "Tampilkan" });
    button.addEventListener("click", () => location.reload());
    bar.append(button);
    document.querySelector("main")?.before(bar);
  } catch { /* no signal: the next look */ }
}
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", look);

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
    const picker = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
    const label = button.textContent;
    button.disabled = true;
    button.textContent = "Mengirim foto…";
    const wrong = await sendAll([...picker.files || []]);
    if (!wrong) return location.reload();
    button.disabled = false;
    button.textContent = label;
    const line = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
    line.hidden = false;
    line.textContent = wrong;
  });
}

/**
 * Send photos one by one; gives the sentence of the first that did not arrive, which is still in the picker.
 * @param {File[]} files
 */
async function sendAll(files) {
  for (const file of files) {
    const wrong = await sendPhoto(file);
    if (wrong) return wrong;
  }
  return "";
}

/** @param {File} file */
async function sendPhoto(file) {
  const body = new FormData();
  const facts = await shot(file);
  for (const [name, value] of Object.entries(facts)) body.set(name, String(value));
  body.set("photo", await shrink(file, Object.keys(facts).length > 0), "foto.jpg");
  const stop = AbortSignal.timeout ? AbortSignal.timeout(PHOTO_MS) : undefined;
  let answer;
  try {
    answer = await fetch(`${base}/photos`, { method: "POST", body, credentials: "same-origin", redirect: "manual",
      signal: stop });
  } catch { return "Foto BELUM terkirim: tidak ada sinyal. Biarkan halaman ini terbuka, lalu tekan Kirim foto lagi."; }
  if (answer.type === "opaqueredirect" || answer.ok) return "";
  const { error } = await answer.json().catch(() => ({ error: `server menjawab ${answer.status}` }));
  return `Foto TIDAK diterima 112: ${error}. ${document.body.dataset.instead}.`;
}
