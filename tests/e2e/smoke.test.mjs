// The page starts, under a deep path and a strict policy, and says so in words when it cannot.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./harness.mjs";
import { browser, site } from "./journey.mjs";

test("the app replaces the first paint without a single error", async () => {
  const { page, context, faults } = await open(browser, site);
  await page.waitForFunction(() => !document.getElementById("boot-status"));
  await page.getByRole("main").waitFor();
  assert.match(await page.title(), /Quorate/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a download that fails is explained in both languages", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(site.url);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /could not be downloaded/);
  assert.match(await alert.textContent(), /未能完整下载/);
  await context.close();
});

test("a browser without WebAssembly is told so", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto(site.url);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.textContent(), /WebAssembly/);
  await context.close();
});

test("without scripts the page says what it needs", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site.url);
  // A driven browser keeps the element as text, so it is read and not looked at.
  assert.match(await page.locator("noscript").first().textContent(), /JavaScript and WebAssembly/);
  await context.close();
});
