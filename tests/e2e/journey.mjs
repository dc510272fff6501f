// How a journey begins and ends: the built page, a browser for all journeys of a file, a page for
// each, and no fault at its end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./harness.mjs";

/** Pages that stand in for built files or beside them, by path: see `serve`. */
export const pages = {};

export let site;
export let browser;

before(async () => {
  site = await serve(pages);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A journey on a page of its own, which has to end without a fault. */
export function journey(name, options, walk) {
  test(name, async () => {
    const { page, context, faults } = await open(browser, site, options);
    // The time axis, in whatever language.
    await page.getByRole("slider").first().waitFor();
    await walk(page, context);
    assert.deepEqual(faults, []);
    await context.close();
  });
}
