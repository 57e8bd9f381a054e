// @ts-check
// The page of an agency's telephone that is opened without a signal: the actions that wait, and a way back as soon as
// there is one.
import { count } from "../agency/outbox.js";

const EVERY_MS = 3000;
const waiting = /** @type {HTMLElement} */ (document.getElementById("waiting"));

async function look() {
  const many = await count();
  waiting.textContent = many ? `${many} tindakan menunggu sinyal dan terkirim sendiri.` : "";
  try {
    if ((await fetch("/health/live", { cache: "no-store" })).ok) return location.reload();
  } catch { /* not yet */ }
  setTimeout(look, EVERY_MS);
}

document.getElementById("again")?.addEventListener("click", () => location.reload());
addEventListener("online", () => location.reload());
look();
