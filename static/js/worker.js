/* The service worker: today's pages and what they are made of, for when there is no network. `PARTS` (addresses),
   `VERSION`, `PAGES` and `OFFLINE` stand above, written by patients/pages/offline.py.

   The network comes first: a copy is shown where it fails, or takes too long. Copies of pages are the patient's
   own: they go with any form that is sent, because it may change what they say, or whose they are. */

const PARTS_CACHE = `parts-${VERSION}`;
const PAGES_CACHE = "pages";
const PATIENCE_MS = 4000;
const NEVER_CHANGES = /\.[0-9a-f]{12}\.\w+$/;  // a file whose name holds its hash

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    await caches.delete(PAGES_CACHE);
    await (await caches.open(PARTS_CACHE)).addAll(PARTS);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name !== PAGES_CACHE && name !== PARTS_CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "warm") event.waitUntil(warm(PAGES));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin || pathname.startsWith("/admin/")) return;
  if (request.mode === "navigate") {
    if (request.method === "POST") event.respondWith(sentForm(request));
    else event.respondWith(page(event, search ? "" : pathname));
  } else if (request.method === "GET" && pathname.startsWith("/static/")) {
    event.respondWith(part(request));
  } else if (request.method === "GET" && pathname.startsWith("/media/")) {
    event.respondWith(picture(event));
  }
});

/* A form that the network did not take has changed nothing: the copies stay. */
async function sentForm(request) {
  try {
    const answer = await fetch(request);
    await caches.delete(PAGES_CACHE);
    return answer;
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

async function page(event, path) {
  const isKept = PAGES.includes(path);
  const live = fetch(event.request);
  event.waitUntil(live.then((answer) => follow(path, isKept, answer.clone()), () => {}));
  const copy = isKept ? await caches.match(path, { cacheName: PAGES_CACHE, ignoreVary: true }) : undefined;
  try {
    const answer = await (copy ? Promise.race([live, late()]) : live);
    return copy && answer.status >= 500 ? asCopy(copy) : answer;
  } catch {
    if (copy) return asCopy(copy);
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

const late = () => new Promise((_, reject) => { setTimeout(reject, PATIENCE_MS); });

/* What a page's answer means for the copies: keep it; or forget it, where it leads elsewhere by now. */
async function follow(path, isKept, answer) {
  const cache = await caches.open(PAGES_CACHE);
  if (isKept && answer.type === "opaqueredirect") {
    await (path === "/" ? caches.delete(PAGES_CACHE) : cache.delete(path));
  } else if (isKept && answer.ok) {
    await cache.put(path, answer);
    if (path === "/") await warm(PAGES.filter((one) => one !== path));
  } else if (answer.ok) {
    const missing = [];
    for (const one of PAGES) if (!(await cache.match(one, { ignoreVary: true }))) missing.push(one);
    await warm(missing);
  }
}

async function warm(paths) {
  const cache = await caches.open(PAGES_CACHE);
  for (const path of paths) {
    try {
      const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" });
      if (answer.ok) await cache.put(path, answer);
      else if (answer.status < 500) await cache.delete(path);  // it leads elsewhere, or is not there any more
    } catch {
      return;  // no network: the copies stay as they are
    }
  }
}

/* The page is told that it is a copy: its form's id may have been used since. */
async function asCopy(copy) {
  const html = (await copy.text()).replace("<html ", "<html data-copy ");
  return new Response(html, { headers: copy.headers });
}

async function part(request) {
  const copy = await caches.match(request, { ignoreVary: true });
  if (copy && NEVER_CHANGES.test(new URL(request.url).pathname)) return copy;
  try {
    return await (copy ? Promise.race([fetch(request), late()]) : fetch(request));
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

/* Photographs and logos of the pages: kept with them once they were seen. */
async function picture(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) {
      const copy = answer.clone();
      event.waitUntil(caches.open(PAGES_CACHE).then((cache) => cache.put(event.request, copy)));
    }
    return answer;
  } catch (error) {
    const copy = await caches.match(event.request, { ignoreVary: true });
    if (copy) return copy;
    throw error;
  }
}
