// What a visitor does with their own hands: messages, links, partitions, what makes a run
// interesting, the code, the gallery, the first visit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AXE } from "./harness.mjs";
import { browser, journey, site } from "./journey.mjs";
import { QUIET, editor, nodes, playback, playhead, run, seek, timeline, until } from "./visitor.mjs";

/** Messages take long enough to be met on their way. */
const SLOW = `cluster raft nodes=3 seed=7 election=900ms..1500ms heartbeat=500ms
network delay=400ms
run 4s
`;

const menu = (page, kind) => page.locator(`[data-menu=${kind}]`);
const text = (page) => editor(page).inputValue();

/** Waits until the text matches. */
async function written(page, pattern) {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    if (pattern.test(await text(page))) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`${pattern} is not in\n${await text(page)}`);
}

/** Nothing has the focus, so that keys are the page's. */
async function let_go(page) {
  await page.evaluate(() => document.activeElement?.blur());
}

/** Goes on until a question about a vote is under way, and selects it. */
async function take_vote(page, scenario = QUIET) {
  await run(page, scenario);
  await let_go(page);
  const card = page.getByRole("heading", { name: "RequestVote", level: 2, exact: true });
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press(".");
    if (await card.isVisible()) return card;
  }
  return assert.fail("no vote was asked for");
}

/** What axe finds wrong on the page now. */
async function violations(page) {
  // The policy of the page forbids inline scripts, so the checker comes through the debugger.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return found.flatMap(({ id, nodes: all }) => all.map((one) => `${id}: ${one.target.join(" ")}`));
}

journey("a message is dropped from its menu, by keys alone, and undone", {}, async (page) => {
  await take_vote(page);
  const before = await text(page);
  await page.keyboard.press("a");
  await menu(page, "message").getByText("Drop", { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Enter");
  await written(page, /^at \S+ +drop RequestVote( #\d+)? n\d -> n\d$/m);
  await menu(page, "message").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await text(page), before, "one act is one step");
});

journey("keys hold a message, let it go, double it and deliver it", {}, async (page) => {
  await take_vote(page);
  await page.keyboard.press("o");
  await written(page, / hold RequestVote #\d+ n\d -> n\d$/m);
  await page.keyboard.press("o");
  await written(page, / release RequestVote #\d+ n\d -> n\d$/m);
  await take_vote(page);
  await page.keyboard.press("d");
  await written(page, / duplicate RequestVote /m);
  await page.keyboard.press("e");
  await written(page, / deliver RequestVote /m);
});

journey("a message pulled back along its path arrives later", {}, async (page) => {
  await take_vote(page, SLOW);
  const value = (name) =>
    page
      .locator(".fields > div", { has: page.getByText(name, { exact: true }) })
      .locator("dd")
      .innerText();
  const seat = async (name) => {
    const box = await page.locator(`[data-node=${name}]`).boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [a, b] = [await seat(await value("from")), await seat(await value("to"))];
  // Half way along the bow that its path makes.
  const sent = (await playhead(page)).ms;
  const box = await timeline(page).boundingBox();
  await page.mouse.click(box.x + (box.width * (sent + 200)) / 4_000, box.y + box.height / 2);
  await until(page, ({ ms }) => Math.abs(ms - sent - 200) < 40, "half way");
  const long = Math.hypot(b.x - a.x, b.y - a.y);
  const bow = Math.min(0.15 * long, 62);
  const control = {
    x: (a.x + b.x) / 2 + ((b.y - a.y) / long) * bow,
    y: (a.y + b.y) / 2 - ((b.x - a.x) / long) * bow,
  };
  const point = (share) => {
    const [k, l, m] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
    return [k * a.x + l * control.x + m * b.x, k * a.y + l * control.y + m * b.y];
  };
  await page.mouse.move(...point(0.5));
  await page.mouse.down();
  for (const share of [0.45, 0.4, 0.35, 0.3]) await page.mouse.move(...point(share));
  await page.mouse.up();
  await written(page, /^at \S+ +delay RequestVote( #\d+)? n\d -> n\d by \d+ms$/m);
  const [, by] = / by (\d+)ms/.exec(await text(page));
  assert.ok(Number(by) >= 100 && Number(by) <= 900, `${by} ms later`);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await text(page), SLOW);
});

journey("a line across the scene parts it; Escape leaves without one", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.1);
  await page.getByRole("button", { name: "Draw a partition" }).click();
  const bar = page.getByRole("group", { name: "partition" });
  await bar.waitFor();
  // The bar has taken some of its room.
  const stage = await page.locator(".stage").boundingBox();
  await page.mouse.move(stage.x + 20, stage.y + stage.height * 0.45);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height * 0.45, { steps: 4 });
  await page.mouse.move(stage.x + stage.width - 20, stage.y + stage.height * 0.45, { steps: 4 });
  await page.mouse.up();
  await written(page, /^at \S+ +partition n[\dn ]+ \| n[\dn ]+$/m);
  await bar.waitFor({ state: "detached" });
  const parted = await text(page);
  await let_go(page);
  await page.keyboard.press("p");
  await bar.waitFor();
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  assert.equal(await text(page), parted);
});

journey("a link is cut, made lossy and healed, by pointer and by keys", {}, async (page) => {
  await run(page, "cluster raft nodes=3 seed=7 network=wan\nrun 9s\n");
  await seek(page, 0.5);
  const place = async (name) => {
    const box = await page.locator(`[data-node=${name}]`).boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const [a, b] = [await place("n1"), await place("n2")];
  await page.mouse.click(a.x * 0.55 + b.x * 0.45, a.y * 0.55 + b.y * 0.45);
  const own = menu(page, "link");
  await own.getByText("n1 ↔ n2").waitFor();
  assert.deepEqual(await violations(page), []);
  await own.getByRole("button", { name: "Cut n1 → n2" }).click();
  await written(page, /^at \S+ +cut n1 -> n2$/m);
  await let_go(page);
  await page.keyboard.press("1");
  await page.keyboard.press("l");
  await own.getByRole("button", { name: "Restore n1 → n2" }).waitFor();
  await own.getByRole("slider", { name: /Loss/ }).focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowRight");
  assert.doesNotMatch(await text(page), /loss/, "an arrow on the way is no fault yet");
  await page.keyboard.press("Enter");
  await written(page, /^at \S+ +link n1 <-> n2 loss=20%$/m);
  await own.getByRole("button", { name: "Heal this link" }).click();
  await written(page, /^at \S+ +heal n1 <-> n2$/m);
});

journey("a node's disk, clock and timers are in reach of its menu", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.1);
  await let_go(page);
  await page.keyboard.press("1");
  await page.keyboard.press("a");
  const own = menu(page, "node");
  await own.getByRole("button", { name: "Stop syncing the disk" }).click();
  await written(page, /^at \S+ +disk n1 unsynced$/m);
  await page.keyboard.press("a");
  await own.getByRole("button", { name: "Crash, losing unsynced writes" }).waitFor();
  await own.getByRole("slider", { name: /Clock drift/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await written(page, /^at \S+ +drift n1 \+?5%$/m);
  assert.deepEqual(await violations(page), []);
});

journey("a vote is split where it can be, and the text says how", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.2);
  const before = await text(page);
  await page.getByRole("button", { name: "split the vote" }).click();
  await written(page, /^at \S+ +crash leader$/m);
  await written(page, /^at \S+ +fire \w+ election$/m);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await text(page), before);
});

journey("rules of the code are counted, and lead to where they apply", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.5);
  await page.getByRole("button", { name: /protocol.s code/ }).click();
  const rules = page.locator(".coverage");
  const [, seen, all] = /(\d+) of (\d+) rules seen/.exec(await rules.getByRole("status").innerText());
  assert.ok(Number(seen) > 3 && Number(seen) < Number(all), `${seen} of ${all}`);
  assert.ok((await page.locator(".listing code .rule-chip").count()) >= Number(all) / 2);
  const { event } = await playhead(page);
  await rules.getByRole("button", { name: /^win/ }).click();
  await until(page, (now) => now.event !== event, "to the election");
  assert.deepEqual(await violations(page), []);
});

journey("the gallery shows pictures, finds, and is walked by arrows", {}, async (page) => {
  await let_go(page);
  await page.keyboard.press("/");
  const dialog = page.getByRole("dialog", { name: "Choose a scenario" });
  const search = dialog.getByRole("searchbox");
  await search.waitFor();
  await dialog.locator("img[src^='data:image/svg']").nth(7).waitFor();
  assert.deepEqual(await violations(page), []);
  await search.fill("no such scenario at all");
  await dialog.getByText("No scenario has all these words").waitFor();
  await search.fill("paxos");
  await dialog.getByText(/^\d+ scenarios$/).waitFor();
  await dialog.getByRole("button", { name: "By section of the article" }).click();
  await dialog.getByRole("heading", { name: "3.1.1 Paxos" }).waitFor();
  await search.focus();
  await page.keyboard.press("ArrowDown");
  const first = await page.evaluate(() => document.activeElement.getBoundingClientRect().top);
  await page.keyboard.press("ArrowDown");
  const second = await page.evaluate(() => document.activeElement.getBoundingClientRect().top);
  assert.ok(second > first, "down is a row down");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await written(page, /paxos/);
});

journey("three hints greet a first visit, and never come back", {}, async (page) => {
  const card = page.getByRole("complementary", { name: "First steps" });
  await card.getByText("1 of 3").waitFor();
  assert.deepEqual(await violations(page), []);
  await card.getByRole("button", { name: "Next" }).click();
  await card.getByText("2 of 3").waitFor();
  await card.getByRole("button", { name: "Next" }).click();
  await card.getByRole("button", { name: "Got it" }).click();
  await card.waitFor({ state: "detached" });
  await page.reload();
  await timeline(page).waitFor();
  await playback(page).waitFor();
  assert.equal(await card.count(), 0);
});

test("without storage the hints come once, and Escape ends them; a frame has none", async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new Error("blocked"); } });
  });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(site.url);
  const card = page.getByRole("complementary", { name: "First steps" });
  await card.waitFor();
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });
  await page.goto(`${site.url}?embed`);
  await page.getByRole("region", { name: "Playback" }).waitFor();
  assert.equal(await card.count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

journey(
  "on a phone every item of a menu is as large as a finger",
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  async (page) => {
    await playback(page).getByRole("button", { name: "Pause", exact: true }).tap();
    await nodes(page).first().tap();
    await page.getByRole("button", { name: "Actions for this node" }).tap();
    const own = menu(page, "node");
    await own.waitFor();
    const heights = await own
      .locator("button, input, select")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    assert.ok(heights.length > 6 && heights.every((height) => height >= 43.5), String(heights));
    assert.deepEqual(await violations(page), []);
  },
);
