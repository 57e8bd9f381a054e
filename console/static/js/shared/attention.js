// @ts-check
// Everything but sound that makes somebody look: title, icon, notification, vibration; and a screen that stays on.
const icon = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
const title = document.title;
const plain = icon.href;
/** @type {Map<string, string>} */
const wanted = new Map(); // what the title shall say, by who wants it; the last one wins
/** @type {ReturnType<typeof setInterval> | undefined} */
let flashing;
/** @type {WakeLockSentinel | null} */
let lock = null;
/** @type {string[] | null} */
let kept = null; // the notifications that are wanted; null: nobody has said yet

/**
 * @param {string} text
 * @param {string} [by]
 */
export function flash(text, by = "page") {
  if (wanted.get(by) === text) return;
  wanted.delete(by);
  wanted.set(by, text);
  turn();
}

export function calm(by = "page") {
  if (wanted.delete(by)) turn();
}

function turn() {
  clearInterval(flashing);
  const text = [...wanted.values()].pop();
  if (!text) {
    document.title = title;
    icon.href = plain;
    return;
  }
  let on = false;
  const swap = () => {
    on = !on;
    document.title = on ? text : title;
    icon.href = on ? plain.replace("icon.svg", "icon-alarm.svg") : plain;
  };
  swap();
  flashing = setInterval(swap, 1000);
}

// Shown and put away one after another: Chromium forgets a notification that comes while it lists those there are.
/** @type {Promise<unknown>} */
let turnOf = Promise.resolve();
const MOST_MS = 3000;

/** @param {() => Promise<unknown>} work */
function inTurn(work) {
  const mine = turnOf.then(() => Promise.race([work(), new Promise((done) => setTimeout(done, MOST_MS))]));
  turnOf = mine;
  return mine;
}

/**
 * A notification that stays until it is put away; on telephones only a service worker may show one.
 * @param {string} head
 * @param {string} body
 * @param {string} tag
 */
export const notify = (head, body, tag) => inTurn(() => show(head, body, tag));

/**
 * @param {string} head
 * @param {string} body
 * @param {string} tag
 */
async function show(head, body, tag) {
  try {
    if (!globalThis.Notification || Notification.permission !== "granted") return;
    const facts = { body, tag, requireInteraction: true, renotify: true, icon: plain, vibrate: [600, 200, 600] };
    const worker = await navigator.serviceWorker?.getRegistration();
    if (worker) return await worker.showNotification(head, facts);
    const note = new Notification(head, facts);
    note.onclick = () => { window.focus(); note.close(); };
  } catch { /* the siren and the title must do */ }
}

// Take away the notifications of what is answered; `tags` are still wanted, or those that were when last told so. Test
// pushes stay until a hand taps them: that is their answer.
export function unnotify(tags = kept) {
  kept = tags;
  return inTurn(() => putAway(kept));
}

/** @param {string[] | null} tags */
async function putAway(tags) {
  if (!tags) return;
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    for (const note of (await worker?.getNotifications()) || []) if (!tags.includes(note.tag)
      && !note.tag.startsWith("uji-")) note.close();
  } catch { /* then a hand puts them away */ }
}

export function vibrate() {
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([600, 200, 600, 200, 600]);
}

// Ask what needs a click: notifications, and a screen that does not sleep.
export async function askLeave() {
  try {
    if (globalThis.Notification && Notification.permission === "default") await Notification.requestPermission();
  } catch { /* not in this browser */ }
  await stayAwake();
}

export async function stayAwake() {
  try {
    if (navigator.wakeLock && !lock) {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });
    }
  } catch { lock = null; }
}
document.addEventListener("visibilitychange", () => document.hidden || stayAwake());
