// The service worker of an agency's page. It keeps the page's own files and the shell for a telephone without a signal,
// and nothing of what the page shows: no answer of /api, no photo, no page with a name on it.
/* global VERSION, FILES: the server writes them above these lines */
const CACHE = `tanggap-${VERSION}`;
const SHELL = FILES[0];
const SLOW_MS = 10000;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("tanggap-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/opd") event.respondWith(page(request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(request));
});

// The page from the server; without one, or too slow a one, the shell.
async function page(request) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), SLOW_MS));
  try { return await Promise.race([fetch(request), late]); } catch { return (await caches.match(SHELL)) || Response.error(); }
}

async function file(request) {
  return (await caches.match(request, { cacheName: CACHE })) || fetch(request);
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const found = open.find((one) => new URL(one.url).pathname === "/opd");
    if (found) await found.focus();
    else await self.clients.openWindow("/opd");
  })());
});
