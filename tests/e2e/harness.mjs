// What every journey needs: the built page on a loopback port, a browser, and a watch on its console.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** What looks for barriers, to be evaluated in a page. */
export const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

// Deep on purpose: the page must not assume that it lives at the root of a host.
const BASE = "/some/where/quorate/";

// What a careful host would send. A page that needs more than this is a page that broke a promise.
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
].join("; ");

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".quorate": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves the built page under a deep path of a free loopback port. `extra` adds pages by name, each
 * as text, or as `{ body, type, policy }`; `shared` lets frames without an origin read the files,
 * `cached` lets browsers keep them. `served` lists what was sent.
 */
export async function serve(extra = {}, { shared = false, cached = false } = {}) {
  const served = [];
  if (!existsSync(join(DIST, "index.html"))) {
    throw new Error("dist/ is empty: run `cargo xtask build` first");
  }
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const send = (status, type, body, policy) => {
      served.push(path);
      const headers = { "content-type": type, "cache-control": cached ? "max-age=600" : "no-store" };
      if (policy) headers["content-security-policy"] = policy;
      if (shared) headers["access-control-allow-origin"] = "*";
      response.writeHead(status, headers).end(body);
    };
    if (path in extra) {
      const { body = extra[path], type = TYPES[".html"], policy } = extra[path];
      return send(200, type, body, policy);
    }
    const name = path.startsWith(BASE) ? normalize(path.slice(BASE.length)) || "index.html" : "..";
    if (name.startsWith("..")) return send(404, "text/plain", "no such page");
    try {
      const body = await readFile(join(DIST, name === "." ? "index.html" : name));
      send(200, TYPES[extname(name)] ?? (name === "." ? TYPES[".html"] : "text/plain"), body, POLICY);
    } catch {
      send(404, "text/plain", `no such file: ${name}`);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, url: origin + BASE, served, close: () => new Promise((done) => server.close(done)) };
}

/** Starts the browser that xtask found. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.QUORATE_BROWSER ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/**
 * A page and everything that went wrong on it: console errors, exceptions, requests that failed and
 * requests to anybody but the host. `faults` has to be empty at the end of every journey.
 */
export async function open(browser, site, { hash = "", query = "", path, ...options } = {}) {
  // Only journeys without a network need the worker; the others would fetch every file twice.
  const context = await browser.newContext({
    locale: "en-US",
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    const own = url.startsWith(site.origin) || url.startsWith("data:") || url.startsWith("blob:");
    if (!own) faults.push(`request to a stranger: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  });
  await page.goto((path ? site.origin + path : site.url) + query + hash);
  return { page, context, faults };
}
