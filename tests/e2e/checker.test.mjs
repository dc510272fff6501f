// The checker: one button, a verdict in a sentence, a counterexample that plays.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./harness.mjs";
import { editor, run, timeline } from "./visitor.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const TIMED = `# Two values
cluster paxos-article nodes=3 seed=1 network=wan

at 100ms request propose A via n1
at 110ms request propose B via n3 from c2
run 2s

expect agreement
`;

const SOUND = `# Sound
cluster paxos nodes=3
explore requests=1
expect agreement
`;

const ENDLESS = `# Too large to finish
cluster raft nodes=5
explore requests=3 timers=9 crashes=3 losses=3
expect one leader per term
`;

let site;
let browser;

before(async () => {
  site = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

function journey(name, options, walk) {
  test(name, async () => {
    const { page, context, faults } = await open(browser, site, options);
    await page.getByRole("slider").first().waitFor();
    await walk(page);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

const checker = (page) => page.getByRole("region", { name: "Checker" });
const tab = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}`) });

async function search(page) {
  await tab(page, "Checker").click();
  await page.getByRole("button", { name: "Search every order" }).click();
}

journey("a timed scenario is searched, and the counterexample plays", {}, async (page) => {
  await run(page, TIMED);
  await search(page);
  await checker(page).getByText(/Violated: a shortest counterexample has \d+ steps/).waitFor();
  await page.getByRole("button", { name: "Play it" }).click();
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("drive=hand"));
  await page.getByRole("heading", { name: "How it happened" }).waitFor();
  await timeline(page).press("End");
  await page.getByText("Agreement").first().waitFor();
  // What was there before is an undo away.
  await editor(page).press("Control+z");
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("at 100ms"));
});

journey("a sound protocol is clean in its whole scope", {}, async (page) => {
  await run(page, SOUND);
  await search(page);
  await checker(page).getByText(/No violation in any of the/).waitFor();
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run());
  assert.deepEqual(found.violations.map((it) => it.help), []);
});

journey("a search too large is paused and cancelled, and says what it covered", {}, async (page) => {
  await run(page, ENDLESS);
  await search(page);
  const figures = checker(page).getByText(/states · /);
  await page.waitForFunction(() => /[1-9].* states/.test(document.querySelector(".checker-progress").textContent));
  await checker(page).getByRole("button", { name: "Pause" }).click();
  await checker(page).getByRole("button", { name: "Continue" }).waitFor();
  // The page answers meanwhile, and another tab does not end the search.
  await tab(page, "Messages").click();
  await tab(page, "Checker").click();
  await checker(page).getByRole("button", { name: "Continue" }).click();
  await checker(page).getByRole("button", { name: "Cancel" }).click();
  await checker(page).getByText(/Cancelled: no violation in the .* states covered so far/).waitFor();
  assert.match(await figures.textContent(), /MB/);
});

journey("without workers it is searched in slices", {}, async (page) => {
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("workers are blocked", "SecurityError");
      }
    };
  });
  await page.reload();
  await run(page, SOUND);
  await search(page);
  await checker(page).getByText(/No violation in any of the/).waitFor();
});

journey("a scope that contradicts itself is named in the text", {}, async (page) => {
  await editor(page).fill("cluster raft nodes=3\nexplore restarts=1\n");
  await page.getByText(/restarts=1 without crashes/).first().waitFor();
});
