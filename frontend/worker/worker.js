// Keeps the console's own files, so that it opens without a network. What the gateway tells is never kept here.
// `build.mjs` writes the two lines that stand first in what is served: VERSION and FILES.
/* global VERSION, FILES */
const CACHE = `deckwatch-${VERSION}`;
const NOT_OURS = /^\/(api|ws|health|metrics)(\/|$)/;

self.addEventListener('install', (event) => event.waitUntil(keepAll()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', ({ data }) => data === 'take over' && self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (url.pathname !== '/worker.js') event.respondWith(file(request));
});

/** All or nothing: a version of which a file is missing is not installed. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((path) => new Request(path, { cache: 'reload' })));
}

/** Files of older versions stay while a page may still be of one: its parts that are loaded later are among them. */
async function takeOver() {
  const pages = await self.clients.matchAll({ type: 'window' });
  const names = await caches.keys();
  if (pages.length <= 1) await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page of this version: with its own files it is whole, whatever version the gateway has by now. */
async function page(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match('/index.html')) ?? fetch(request);
}

async function file(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}
