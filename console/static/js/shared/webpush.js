// @ts-check
// This telephone is pushed while its page is closed: its browser subscribes to our key, anew where that has changed.
// Nothing here may hold up a duty: what does not work is said quietly, and tried again.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get, post } from "./api.js";
import { unnotify } from "./attention.js";
import { armed } from "./siren.js";

const PATIENCE_MS = 20000;
const AGAIN_MS = 10 * 60000;
/** @type {Words} */
const SAID = {
  on: "Ponsel ini juga menerima pemberitahuan saat halaman ditutup.",
  denied: "Pemberitahuan diblokir di browser ini: saat halaman ditutup, ponsel ini tidak terjangkau.",
  install: "iPhone dan iPad: pasang dulu halaman ini (Bagikan, «Tambahkan ke Layar Utama») supaya pemberitahuan sampai "
    + "saat halaman ditutup.",
  failed: "Pemberitahuan saat halaman ditutup belum bisa dihidupkan di sini; dicoba lagi sendiri.",
};
/** @type {Set<(word: string | null) => void>} */
const listeners = new Set();
/** @type {string | null} */
let state = null; // a word of SAID; null: not wanted, or not possible here
/** @type {Promise<void> | null} */
let running = null;

const apple = () => /iPhone|iPad|iPod/.test(navigator.userAgent)
  || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
/** @param {Promise<any>} work */
const within = (work) => Promise.race([work,
  new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), PATIENCE_MS))]);

// Subscribe if this is wanted and allowed; never throws.
export function reach() {
  running ??= subscribe().catch(() => "failed").then((word) => {
    state = word;
    running = null;
    listeners.forEach((listener) => listener(state));
  });
  return running;
}

async function subscribe() {
  const { wanted, key } = await get("/api/push");
  if (!wanted) return null;
  if (!navigator.serviceWorker || !globalThis.PushManager || !globalThis.Notification) return apple() ? "install"
    : null;
  if (Notification.permission !== "granted") return Notification.permission === "denied" ? "denied" : null;
  const { pushManager } = await within(navigator.serviceWorker.ready);
  let held = await within(pushManager.getSubscription());
  if (held && boundTo(held) !== key) {
    await within(held.unsubscribe());
    held = null;
  }
  held ??= await within(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = held.toJSON();
  await post("/api/push", { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, key });
  return "on";
}

/**
 * The key of ours for which a subscription was made, as the server writes it.
 * @param {PushSubscription} held
 */
function boundTo(held) {
  const bytes = new Uint8Array(held.options.applicationServerKey || []);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * `on`: this page is on duty; `edition` changes with the server's configuration, and with its key.
 * @param {boolean} on
 * @param {Link} link
 * @param {number} edition
 */
export function useReach(on, link, edition) {
  const [word, setWord] = useState(state);
  useEffect(() => { listeners.add(setWord); return () => listeners.delete(setWord); }, []);
  useEffect(() => {
    if (!on || link !== "open") return undefined;
    reach();
    const timer = setInterval(reach, AGAIN_MS);
    return () => clearInterval(timer);
  }, [on, link, edition]);
  return word;
}

/** @param {{ word: string | null }} props */
export function Reached({ word }) {
  return word && SAID[word] ? html`<span class="reached" data-reached=${word}>${SAID[word]}</span>` : null;
}

// The service worker asks whether this page sounds already; and what it has shown may be answered meanwhile.
navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
  if (data === "sounding?") ports[0]?.postMessage(armed());
  else if (data === "shown") unnotify();
});
