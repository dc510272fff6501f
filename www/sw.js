// Serves the page without a network, after the first visit.
//
// All files of one build lie in one cache, and a page is served from one cache only: versions never
// mix. A new version is fetched whole while the old one serves, and takes over when no page uses the
// old one any more, or when the visitor asks for it. Whatever fails here leaves the network as it is.
//
// `cargo xtask finish` writes the list of a published build in place of the next line. Without it
// (while developing) this script takes its caches and itself away.
const BUILD = null;

const MINE = `quorate ${self.registration.scope} `;
const CACHE = MINE + BUILD?.version;

/** The digest of a file, as the build computes it: FNV-1a, 32 bits. */
function digest(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * What is kept of an answer, if it is the file that the build wants. An answer of its own: one that
 * a host has redirected may not stand for a page.
 */
async function checked(response, wanted) {
  const bytes = await response.arrayBuffer();
  if (digest(new Uint8Array(bytes)) !== wanted) return undefined;
  const type = response.headers.get("content-type");
  return new Response(bytes, { headers: type ? { "content-type": type } : {} });
}

/** One file of the build: what an older cache holds of it, if that is the same, or from the host. */
async function obtain(url, wanted, older) {
  for (const cache of older) {
    const kept = await cache.match(url);
    const same = kept && (await checked(kept, wanted));
    if (same) return same;
  }
  const fresh = await fetch(url, { cache: "reload", credentials: "same-origin" });
  if (!fresh.ok) throw new Error(`${fresh.status} for ${url}`);
  const right = await checked(fresh, wanted);
  if (!right) throw new Error(`${url} is of another build`);
  return right;
}

async function install() {
  const known = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
  const older = await Promise.all(known.map((name) => caches.open(name)));
  const cache = await caches.open(CACHE);
  try {
    for (const [name, wanted] of BUILD.files) {
      const url = new URL(name, self.registration.scope).href;
      await cache.put(url, await obtain(url, wanted, older));
    }
  } catch (error) {
    // Half a build is none. The browser tries again with the next visit.
    await caches.delete(CACHE);
    throw error;
  }
}

/** Takes away every cache of ours but `kept`. Other copies of Quorate on this host are not ours. */
async function clear(kept) {
  const names = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== kept);
  await Promise.all(names.map((name) => caches.delete(name)));
}

self.addEventListener("install", (event) => {
  if (BUILD) event.waitUntil(install());
  else self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  if (BUILD) event.waitUntil(clear(CACHE).then(() => self.clients.claim()));
  else event.waitUntil(clear("").then(() => self.registration.unregister()));
});

self.addEventListener("message", (event) => {
  if (event.data === "quorate:take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!BUILD || request.method !== "GET" || !url.href.startsWith(self.registration.scope)) return;
  // What follows `?` chooses a view of the page, or names the build; it never changes a file.
  const bare = url.origin + url.pathname;
  const name = decodeURIComponent(bare.slice(self.registration.scope.length)) || "index.html";
  if (!BUILD.files.some(([file]) => file === name)) return;
  const file = new URL(name, self.registration.scope).href;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(file))
      .catch(() => undefined)
      .then((kept) => kept ?? fetch(request)),
  );
});
