// Nothing stands in anybody's way: axe on what opens, in the dark and on a phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AXE, open } from "./harness.mjs";
import { browser, site } from "./journey.mjs";
import { CRASH, QUIET, computed, editor, nodes, pause, playback, run, seek, timeline } from "./visitor.mjs";

const POOL = "# Two choices\nbalance p2c servers=6 seed=11\narrivals poisson load=80%\n" +
  "service exp mean=10ms\nrun 3s\ncompare random round-robin p2c\n";
const SOUND = "# Sound\ncluster paxos nodes=3\nexplore requests=1\nexpect agreement\n";
const ENDLESS = "# Too large to finish\ncluster raft nodes=5\nexplore requests=3 timers=9 crashes=3 losses=3\n" +
  "expect one leader per term\n";
const TIMED = "# Two values\ncluster paxos-article nodes=3 seed=1 network=wan\n\n" +
  "at 100ms request propose A via n1\nat 110ms request propose B via n3 from c2\nrun 2s\n\nexpect agreement\n";
/** Every schedule takes a while, and there are lines to strike out. */
const SLOW = `# A leader in no time\ncluster raft nodes=7 network=wan\nclients 8 every=50ms\n${
  Array.from({ length: 20 }, (_, place) => `at ${place + 1}s skew n${(place % 7) + 1} +1ms`).join("\n")
}\nrun 30s\nexpect leader within 1ms\n`;

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SCREENS = {
  "a dark desk": { colorScheme: "dark" },
  "a phone": PHONE,
  "a dark phone": { ...PHONE, colorScheme: "dark" },
  "a tablet": { viewport: { width: 1000, height: 760 }, hasTouch: true },
};

/** The panel in which it is told how something broke. */
const STORY = "Node";

/** What axe finds wrong. */
async function look(page, what) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    // What is on its way in is as faint as it will never be again.
    await Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1).map((one) => one.finished.catch(() => {})));
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? node.failureSummary}`));
  });
  assert.deepEqual(found, [], what);
}

for (const [screen, options] of Object.entries(SCREENS)) {
  const narrow = options.viewport?.width < 720;
  const journey = (what, walk) => test(`${what}: no barrier on ${screen}`, async () => {
    const { page, context, faults } = await open(browser, site, options);
    await timeline(page).waitFor();
    await walk(page);
    assert.deepEqual(faults, []);
    await context.close();
  });

  /** A button of the bar at the top, which may be folded away. */
  const top = async (page, name) => {
    const button = page.getByRole("banner").getByRole("button", { name, exact: true });
    if (!(await button.isVisible())) await page.getByRole("button", { name: "More", exact: true }).click();
    return button;
  };
  /** A panel that may have to come forward first. */
  const panel = async (page, name) => {
    const tab = page.getByRole("navigation").getByRole("button", { name: new RegExp(`^${name}`) });
    if (await tab.isVisible()) await tab.click();
    const drawer = page.locator(".drawer-button");
    if (name === STORY && (await drawer.isVisible())) await drawer.click();
  };
  /** A scenario that is written on a narrow screen, where the text is one panel of many. */
  const write = async (page, text) => {
    await panel(page, "Scenario");
    if (!narrow) return run(page, text);
    await editor(page).fill(text);
    await computed(page);
    return pause(page);
  };

  journey("dialogs", async (page) => {
    await look(page, "the first visit");
    for (const name of ["Embed", "Export", "Help"]) {
      await (await top(page, name)).click();
      await page.getByRole("dialog").waitFor();
      await look(page, name);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.getByRole("button", { name: /Open the gallery/ }).first().click();
    await page.getByRole("dialog").waitFor();
    await look(page, "the gallery");
    await page.getByRole("dialog").getByRole("searchbox").first().fill("lease");
    await look(page, "the gallery, searched");
    await page.getByRole("dialog").getByRole("searchbox").first().fill("no such thing");
    await look(page, "the gallery, empty");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    if (narrow) {
      await page.getByRole("button", { name: "More", exact: true }).click();
      await look(page, "what is folded away");
    }
  });

  journey("menus", async (page) => {
    await write(page, QUIET);
    await seek(page, 0.1);
    await pause(page);
    await nodes(page).first().focus();
    await page.keyboard.press("Enter");
    await panel(page, "n1");
    await look(page, "a node");
    // Where the inspector is a drawer it lies over the scene.
    await page.keyboard.press("Escape");
    const drawer = page.locator(".drawer-open .drawer-button");
    if (await drawer.isVisible()) await drawer.click({ force: true });
    await nodes(page).first().click({ button: "right" });
    await page.getByRole("menu").or(page.getByRole("dialog")).first().waitFor();
    await look(page, "the menu of a node");
    await page.keyboard.press("Escape");
    await page.locator(".cut-button").click();
    await look(page, "a partition");
    await page.getByRole("group", { name: "Partition" }).getByRole("button", { name: "n1" }).click();
    await look(page, "a side of a partition");
  });

  journey("tables", async (page) => {
    await write(page, CRASH);
    await seek(page, 0.6);
    await pause(page);
    await panel(page, "Tables");
    const tables = page.getByRole("region", { name: "Tables" }).getByRole("group", { name: "Tables" });
    for (const tab of await tables.getByRole("button").all()) {
      await tab.click();
      await look(page, await tab.textContent());
    }
  });

  journey("the checker", async (page) => {
    const checker = page.getByRole("region", { name: "Checker" });
    const search = async (text) => {
      await write(page, text);
      await panel(page, "Tables");
      await page.getByRole("button", { name: /^Checker/ }).click();
      await look(page, "before a search");
      await page.getByRole("button", { name: "Search every order" }).click();
    };
    await search(ENDLESS);
    await checker.getByRole("button", { name: "Pause" }).waitFor();
    await look(page, "a search");
    await checker.getByRole("button", { name: "Pause" }).click();
    await checker.getByRole("button", { name: "Continue" }).waitFor();
    await look(page, "a search that is paused");
    await checker.getByRole("button", { name: "Cancel" }).click();
    await checker.getByText(/Cancelled/).waitFor();
    await look(page, "a search that is cancelled");
    await search(SOUND);
    await checker.getByText(/No violation in any of the/).waitFor();
    await look(page, "a guarantee");
    await search(TIMED);
    await checker.getByText(/Violated within/).waitFor();
    await look(page, "a counterexample");
    await page.getByRole("button", { name: "Play it" }).click();
    await panel(page, STORY);
    await page.getByRole("heading", { name: "How it happened" }).waitFor();
    await look(page, "how it happened");
  });

  // The panel is the same wherever it opens, and takes its time: once where it is narrowest.
  if (screen === "a dark phone") journey("shrinking", async (page) => {
    const story = page.getByRole("complementary", { name: "Inspector" });
    await write(page, SLOW);
    if (narrow) await timeline(page).press("End");
    await panel(page, STORY);
    await page.getByRole("heading", { name: "How it happened" }).waitFor();
    await story.getByRole("button", { name: "Shrink" }).click();
    await story.getByText(/[1-9]\d* schedules?, /).waitFor();
    await look(page, "while it shrinks, or when it is over");
    const cancel = story.getByRole("button", { name: "Cancel" });
    if (await cancel.isVisible()) await cancel.click({ timeout: 2_000 }).catch(() => {});
    await look(page, "what came of it");
    await panel(page, "Scenario");
    await look(page, "what is proposed");
  });

  journey("a pool", async (page) => {
    await write(page, POOL);
    await panel(page, "Compare");
    await timeline(page).press("End");
    await page.getByText(/computed to/).first().waitFor({ state: "detached" });
    const tables = page.getByRole("region", { name: "Tables" }).getByRole("group", { name: "Tables" });
    for (const tab of await tables.getByRole("button").all()) {
      await tab.click();
      await look(page, await tab.textContent());
    }
    await panel(page, "Checks");
    await look(page, "its checks");
  });

  journey("an edit with a problem", async (page) => {
    await panel(page, "Scenario");
    await page.getByRole("textbox", { name: "Scenario text" }).fill("cluster raft nods=5\nrun 1s\n");
    await page.getByText(/Unknown/).first().waitFor();
    await look(page, "a problem");
    await page.getByRole("textbox", { name: "Scenario text" }).fill("cluster raft nodes=5 ");
    await page.keyboard.press("Control+Space");
    await page.getByRole("listbox").first().waitFor();
    await look(page, "completion");
  });

  test(`figures and broken links: no barrier on ${screen}`, async () => {
    const { page, context } = await open(browser, site, { ...options, query: "?embed" });
    await page.getByRole("slider").first().waitFor();
    await look(page, "a figure");
    await page.goto(`${site.url}#s=broken`);
    await playback(page).waitFor();
    await look(page, "a broken link");
    await context.close();
  });
}
