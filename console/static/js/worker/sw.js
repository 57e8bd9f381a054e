// @ts-check
// The service worker of an agency's page, and of the wall. It shows what is pushed while no page is open. It keeps the
// page's own files and the shell for a telephone without a signal, and nothing of what the page shows: no
// answer of /api, no photo, no page with a name on it.
// The server writes VERSION and FILES above these lines (console/pages/webapp.py).
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `tanggap-${VERSION}`;
const SHELL = FILES[0];
const SLOW_MS = 10000;
const ASLEEP_MS = 500;
const HOME = new URL(worker.registration.scope).pathname; // /opd, or the wall of the command centre
const PICTURE = FILES.find((name) => name.endsWith("app-192.png"));

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("tanggap-") && name !== CACHE) await caches.delete(name);
    }
    await worker.clients.claim();
  })());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/opd") event.respondWith(shownPage(request));
  else if (FILES.includes(url.pathname)) event.respondWith(keptFile(request));
});

/**
 * The page from the server; without one, or too slow a one, the shell.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function shownPage(request) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), SLOW_MS));
  try { return await Promise.race([fetch(request), late]); } catch {
    return (await caches.match(SHELL)) || Response.error(); }
}

/** @param {Request} request */
async function keptFile(request) {
  return (await caches.match(request, { cacheName: CACHE })) || fetch(request);
}

// A push, also while no page is open. It is always shown, or browsers take the right to push away; where a page sounds
// already, it shows the same notification by itself, and this one takes its place without a sound.
worker.addEventListener("push", (event) => {
  let push = /** @type {Record<string, any>} */ ({});
  try { push = event.data?.json() || {}; } catch { /* shown all the same */ }
  event.waitUntil((async () => {
    const pages = await homes();
    const heard = (await Promise.all(pages.map(sounding))).includes(true);
    const alarm = heard ? { renotify: false, silent: true } : { renotify: true, vibrate: [600, 200, 600, 200, 600] };
    await worker.registration.showNotification(push.title || "112: buka halaman tugas", {
      body: push.body || "",
      tag: push.tag || "112",
      requireInteraction: true,
      icon: PICTURE,
      lang: "id",
      timestamp: push.at || Date.now(),
      data: { path: push.path || HOME },
      ...alarm,
    });
    for (const page of pages) page.postMessage("shown");
  })());
});

async function homes() {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter((page) => new URL(page.url).pathname === HOME);
}

/**
 * Tells if this page is on duty with its sound on; one that is asleep does not answer, and does not sound either.
 * @param {WindowClient} page
 * @returns {Promise<boolean>}
 */
function sounding(page) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data === true);
    setTimeout(() => done(false), ASLEEP_MS);
    page.postMessage("sounding?", [port2]);
  });
}

// The browser or its service has made another subscription: tell 112, or this telephone would hear no more.
worker.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const { wanted, key } = await (await fetch("/api/push", { credentials: "same-origin" })).json();
    if (!wanted) return;
    const held = event.newSubscription || (await worker.registration.pushManager.subscribe({ userVisibleOnly: true,
      applicationServerKey: key }));
    const { endpoint, keys } = held.toJSON();
    const body = JSON.stringify({ endpoint, keys: { p256dh: keys?.p256dh, auth: keys?.auth }, key });
    await fetch("/api/push", { method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json" }, body });
  })());
});

worker.addEventListener("notificationclick", (event) => {
  const path = event.notification.data?.path || HOME;
  event.notification.close();
  event.waitUntil((async () => {
    const [home] = path === HOME ? await homes() : [];
    if (home) await home.focus();
    else await worker.clients.openWindow(path);
  })());
});
