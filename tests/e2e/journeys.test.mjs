// What visitors come for, on the page as it is published.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./harness.mjs";
import { browser, journey, site } from "./journey.mjs";
import { CRASH, QUIET, cluster, computed, editor, leader, nodes, pause, playhead, run, seek, stepTo, timeline, until } from "./visitor.mjs";

journey("it opens alive: a cluster elects and every check holds", {}, async (page) => {
  const first = await playhead(page);
  await until(page, ({ ms }) => ms > first.ms, "time goes on by itself");
  await leader(page);
  assert.match(await editor(page).inputValue(), /^cluster /m);
  const checks = page.getByRole("region", { name: "Invariants" });
  assert.ok((await checks.getByRole("img", { name: "Holds" }).count()) > 0, "a check holds");
  assert.equal(await checks.getByRole("img", { name: "Violated" }).count(), 0);
});

journey("stepping and seeking lead to the same moment, back and forth", {}, async (page) => {
  await run(page, CRASH);
  await seek(page, 0.4);
  const there = await playhead(page);
  const picture = await cluster(page);
  await stepTo(page, there.event + 3);
  await stepTo(page, there.event);
  assert.equal(await cluster(page), picture, "three steps on and three back");
  await timeline(page).press("End");
  await until(page, ({ event, events }) => event === events, "End");
  await timeline(page).press("Home");
  await until(page, ({ event }) => event === 0, "Home");
  await seek(page, 0.4);
  assert.deepEqual(await playhead(page), there);
  assert.equal(await cluster(page), picture, "the end, the start, and back");
});

journey("a leader is crashed by hand, another is elected, the first comes back", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.2);
  const first = await leader(page);
  await page.keyboard.press(first.slice(1));
  await page.keyboard.press("c");
  await page.waitForFunction((name) => {
    const field = document.querySelector("textarea[aria-label='Scenario text']");
    return field.value.includes(`crash ${name}`);
  }, first);
  await nodes(page).filter({ has: page.locator(`[aria-label^="${first}, crashed"]`) }).or(
    page.getByRole("button", { name: new RegExp(`^${first}, crashed`) }),
  ).first().waitFor();
  await computed(page);
  await seek(page, 0.5);
  const second = await leader(page);
  assert.notEqual(second, first);
  await page.keyboard.press(first.slice(1));
  await page.keyboard.press("r");
  await computed(page);
  await seek(page, 0.9);
  await page.getByRole("button", { name: new RegExp(`^${first}, follower`) }).waitFor();
  assert.match(await editor(page).inputValue(), new RegExp(`restart ${first}`));
});

journey("a fault made by hand can be taken back", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.2);
  const before = await editor(page).inputValue();
  await page.keyboard.press("1");
  await page.keyboard.press("c");
  await page.getByRole("button", { name: /^n1, crashed/ }).waitFor();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await page.getByRole("button", { name: /^n1, (follower|leader|candidate)/ }).waitFor();
  assert.equal(await editor(page).inputValue(), before);
});

journey("a partition is drawn by keyboard, leaves a side without quorum, and heals", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.1);
  await page.keyboard.press("p");
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() =>
    /partition n1 n2/.test(document.querySelector("textarea[aria-label='Scenario text']").value),
  );
  await computed(page);
  await seek(page, 0.5);
  await page.keyboard.press("h");
  await computed(page);
  assert.match(await editor(page).inputValue(), /heal/);
  await seek(page, 0.95);
  assert.equal((await cluster(page)).match(/, leader/g).length, 1, "one leader after healing");
});

journey("a mistake in the text is explained, mended, and the last good run stays", {}, async (page) => {
  await run(page, QUIET);
  const { events } = await playhead(page);
  await editor(page).fill(QUIET.replace("run 20s", "at 1s crahs n1\nrun 20s"));
  const mistake = page.getByText(/crahs/).last();
  await mistake.waitFor();
  assert.equal((await playhead(page)).events, events, "the last good run stays");
  assert.equal(await editor(page).getAttribute("aria-invalid"), "true");
  await page.getByRole("button", { name: /Use this instead|crash/ }).first().click();
  await page.waitForFunction(() =>
    /crash n1/.test(document.querySelector("textarea[aria-label='Scenario text']").value),
  );
  assert.equal(await editor(page).getAttribute("aria-invalid"), "false");
  await computed(page);
  assert.notEqual((await playhead(page)).events, events, "the mended text runs");
});

test("a shared link shows a colleague the very same moment", async () => {
  const options = { permissions: ["clipboard-read", "clipboard-write"] };
  const { page, context, faults } = await open(browser, site, options);
  await timeline(page).waitFor();
  await run(page, CRASH);
  await seek(page, 0.6);
  const [moment, picture] = [await playhead(page), await cluster(page)];
  await page.getByRole("button", { name: "Share" }).click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes("#"));
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await open(browser, site, { hash: new URL(link).hash });
  await timeline(other.page).waitFor();
  await pause(other.page);
  await computed(other.page);
  await until(other.page, ({ ms }) => ms === moment.ms, "the same instant");
  assert.deepEqual(await playhead(other.page), moment);
  assert.equal(await cluster(other.page), picture);
  assert.equal(await editor(other.page).inputValue(), CRASH);
  assert.deepEqual([...faults, ...other.faults], []);
  await Promise.all([context.close(), other.context.close()]);
});

journey("a link that is damaged is explained", { hash: "#s=1.this-is-nothing" }, async (page) => {
  await page.getByRole("alert").waitFor();
  await page.getByRole("alert").getByRole("button", { name: "Open the gallery" }).click();
  await page.getByRole("dialog").waitFor();
});

journey("strategies are compared on the same arrivals", {}, async (page) => {
  await run(
    page,
    "balance p2c servers=6 seed=11\narrivals poisson load=75%\nservice exp mean=10ms\n" +
      "compare random round-robin p2c\nrun 12s\nexpect p99 < 1s\n",
  );
  await timeline(page).press("End");
  const { events } = await playhead(page);
  const choices = page.getByRole("group", { name: "Strategies" });
  await choices.getByRole("button", { name: /random/i }).first().click();
  await computed(page);
  await timeline(page).press("End");
  await until(page, (seen) => seen.event === seen.events, "End");
  assert.notEqual((await playhead(page)).events, events, "another strategy is another run");
});

journey("what clients saw is drawn, and the impossible is named", {}, async (page) => {
  await run(
    page,
    "cluster dynamo nodes=3 drive=hand r=1 w=1\nrequest put x=A via n1\nsettle\n" +
      "request put x=B via n1\nrequest get x via n2 from c2\nexpect linearizable broken\n",
  );
  await timeline(page).press("End");
  await page.getByRole("button", { name: /^History/ }).click();
  const panel = page.getByRole("region", { name: "History" });
  await panel.getByText("Impossible together: c1 put x=A; c1 put x=B; c2 get x → A").waitFor();
  assert.equal(await panel.locator("svg").count(), 1);
});

journey("the code that runs is there to read, the last rule marked", {}, async (page) => {
  await run(page, CRASH);
  await seek(page, 0.5);
  await page.getByRole("button", { name: "The protocol's code" }).click();
  const lit = page.getByRole("region", { name: "The protocol's code" }).locator("mark");
  await page.waitForFunction(() => document.querySelector(".listing mark")?.textContent);
  // The anchor's line is a button: the rule's name, and how often it was applied in this run.
  const name = (await lit.getByRole("button").first().textContent()).split(" ")[0];
  assert.match(name, /^[a-z-]+$/);
  assert.ok((await lit.textContent()).includes(`ctx.mark("${name}")`), name);
});

journey("an operator hands leadership on, and the text says so", {}, async (page) => {
  await run(page, QUIET);
  await seek(page, 0.5);
  await pause(page);
  const other = (await leader(page)) === "n1" ? "n2" : "n1";
  const name = new RegExp(`^${other}, `);
  await page.getByRole("main").getByRole("button", { name }).first().click({ button: "right" });
  await page.getByRole("button", { name: "Hand leadership to it" }).click();
  const written = (line) => document.querySelector("textarea")?.value.includes(line);
  await page.waitForFunction(written, `transfer ${other}`);
});
