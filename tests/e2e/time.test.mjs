// Every message in a table, logs, metrics, steps by message, playing backwards, and branches.

import assert from "node:assert/strict";
import { AXE } from "./harness.mjs";
import { journey } from "./journey.mjs";
import { CRASH, pause, playback, playhead, run, seek, timeline, until } from "./visitor.mjs";

const dock = (page) => page.getByRole("region", { name: "Tables", exact: true });
const tab = (page, name) => dock(page).getByRole("button", { name: new RegExp(`^${name}`) });
const figure = (text) => Number(text.replaceAll(/\D/g, ""));

/** The crash, at its end, with a tab of the tables open. */
async function crashed(page, name) {
  await run(page, CRASH);
  await timeline(page).press("End");
  await tab(page, name).click();
}

async function clean(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document.querySelector(".dock"), {
      runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"],
    }),
  );
  assert.deepEqual(
    found.violations.map((one) => `${one.id}: ${one.nodes.map((it) => it.html).slice(0, 3)}`),
    [],
  );
}

/** Waits until `read` gives what `is` accepts. */
async function eventually(page, read, is, what) {
  let seen;
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    seen = await read();
    if (is(seen)) return seen;
    await page.waitForTimeout(50);
  }
  return assert.fail(`${what}: ${JSON.stringify(seen)}`);
}

journey("all messages are told, found, sorted and gone to", {}, async (page) => {
  await crashed(page, "Messages");
  const table = dock(page).getByRole("table");
  await table.waitFor();
  const found = dock(page).getByRole("status");
  const all = figure(await found.textContent());
  assert.ok(all > 300, `${all} messages`);
  assert.equal(figure(await tab(page, "Messages").textContent()), all);
  assert.equal(Number(await table.getAttribute("aria-rowcount")), all + 1);
  // Only those in sight are in the page.
  assert.ok((await table.locator("tbody tr[aria-rowindex]").count()) < 60);

  // The kind, then a word of the kind and a node.
  await dock(page).getByRole("combobox", { name: "every kind" }).selectOption("RequestVote");
  const votes = await eventually(
    page,
    async () => figure((await found.textContent()).split(" of ")[0]),
    (count) => count < all,
    "filtered by kind",
  );
  assert.ok(votes >= 4);
  await dock(page).getByRole("combobox", { name: "every kind" }).selectOption("every kind");
  await dock(page).getByRole("searchbox").fill("vote n3");
  await eventually(
    page,
    async () => figure((await found.textContent()).split(" of ")[0]),
    (count) => count > 0 && count < all,
    "filtered by words",
  );
  const names = await table.locator("tbody tr[aria-rowindex]").allTextContents();
  assert.ok(names.every((row) => row.includes("Vote") && row.includes("n3")), names[0]);
  await dock(page).getByRole("searchbox").fill("no such words");
  await dock(page).getByText("No message is like that").waitFor();
  await dock(page).getByRole("searchbox").fill("");

  // By keyboard: sorted by the order of sending, the other way round, then the first one.
  const sent = table.getByRole("columnheader", { name: /^sent/ });
  assert.equal(await sent.getAttribute("aria-sort"), "descending");
  await sent.getByRole("button").press("Enter");
  await eventually(page, () => sent.getAttribute("aria-sort"), (it) => it === "ascending", "sorted");
  const first = table.locator("tbody tr[aria-rowindex]").first().getByRole("button").first();
  await first.press("Enter");
  const { event, events } = await playhead(page);
  assert.ok(event < events / 10, `event ${event}: the first message was sent early`);
  const lost = dock(page).getByRole("combobox", { name: "every fate" });
  assert.equal(await lost.isVisible(), true);
});

journey("a long table scrolls to its last row", {}, async (page) => {
  await crashed(page, "Messages");
  const table = dock(page).getByRole("table");
  await table.waitFor();
  const rows = Number(await table.getAttribute("aria-rowcount"));
  const area = dock(page).getByRole("group", { name: "Messages" });
  await area.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await table.locator(`tr[aria-rowindex="${rows}"]`).waitFor();
});

journey("logs stand side by side, and the crashed node has none", {}, async (page) => {
  await crashed(page, "Logs");
  const grid = dock(page).getByRole("table");
  await grid.waitFor();
  assert.equal(await grid.getByRole("rowheader").count(), 5);
  assert.match(await grid.textContent(), /committed to \d/);
  await grid.getByText(/term \d, committed/).first().waitFor({ state: "attached" });
  // At the start there is nothing in them.
  await seek(page, 0.4);
  await pause(page);
  await grid.getByRole("rowheader", { name: /crashed/i }).waitFor();
});

journey("metrics are charts with figures, and a press seeks", {}, async (page) => {
  await crashed(page, "Metrics");
  const table = dock(page).getByRole("table");
  for (const name of ["messages", "AppendEntries", "message latency", "operation latency"]) {
    await table.getByRole("rowheader", { name, exact: true }).first().waitFor();
  }
  const chart = table.getByRole("img", { name: /^messages over the run; highest .* at / });
  const row = table.getByRole("row", { name: /^message latency/ });
  assert.match(await row.textContent(), /\d ms \/ [\d.]+ ms/);
  await chart.click();
  await until(page, ({ ms }) => ms > 2_000 && ms < 4_000, "the middle of the chart");
  await table.getByRole("row", { name: /^messages / }).getByRole("button").click();
  await page.getByText(/estimated: every field/).waitFor();
});

journey("steps by message, and playing backwards, by key and by button", {}, async (page) => {
  await run(page, CRASH);
  await seek(page, 0.5);
  const start = await until(page, ({ ms }) => ms > 1_000, "the middle");
  await page.getByRole("main").focus().catch(() => {});
  await page.keyboard.press("2");
  await page.keyboard.press("m");
  const one = await until(page, ({ event }) => event > start.event, "the next message of n2");
  await page.keyboard.press("Shift+M");
  await until(page, ({ event }) => event < one.event, "the previous one");
  const back = playback(page).getByRole("button", { name: "Play backwards" });
  await back.click();
  const before = await playhead(page);
  await until(page, ({ ms }) => ms < before.ms, "backwards");
  await page.keyboard.press("b");
  await until(page, () => true, "paused");
  await eventually(
    page,
    () => back.getAttribute("aria-pressed"),
    (it) => it === "false",
    "pauses",
  );
  await page.keyboard.press("?");
  const help = page.getByRole("dialog");
  await help.getByText("Play backwards").waitFor();
  await help.getByText("Next or previous message of the selected node").waitFor();
});

journey("changing the past keeps the old future, to switch to and to compare", {}, async (page) => {
  await run(page, CRASH);
  await seek(page, 0.5);
  await until(page, ({ ms }) => ms > 1_000, "the middle");
  const text = await page.getByRole("textbox", { name: "Scenario text" }).inputValue();
  await page.keyboard.press("3");
  await page.keyboard.press("c");
  await tab(page, "Branches").click();
  const list = dock(page).getByRole("list", { name: "Branches" });
  await eventually(page, () => list.getByRole("listitem").count(), (it) => it === 2, "two futures");
  const names = list.getByRole("textbox", { name: "Name of the branch" });
  assert.match(await names.first().inputValue(), /^crash n3 at /);
  assert.match(await names.last().inputValue(), /^before: crash n3 at /);
  const undo = page.getByRole("button", { name: "Undo" });
  assert.match(await undo.getAttribute("title"), /^Undo: crash n3 at /);

  await list.getByRole("button", { name: "Compare" }).last().click();
  const parts = dock(page).getByRole("button", { name: /^They part at \d/ });
  await parts.click();
  await until(page, ({ ms }) => ms > 1_000, "where they part");
  await dock(page).getByRole("row", { name: /messages sent/ }).waitFor();
  await names.last().fill("calm weather");
  await names.last().press("Enter");
  await dock(page).getByRole("columnheader", { name: "calm weather" }).waitFor();

  await list.getByRole("button", { name: "Show" }).last().click();
  const field = page.getByRole("textbox", { name: "Scenario text" });
  await eventually(page, () => field.inputValue(), (it) => it === text, "the old text is back");
  await undo.click();
  await eventually(page, () => field.inputValue(), (it) => it !== text, "the fault is back");
});

for (const name of ["Messages", "Logs", "Metrics", "Branches"]) {
  journey(`axe finds nothing in ${name}`, {}, async (page) => {
    await crashed(page, name);
    await dock(page).locator("table, ul").first().waitFor();
    await clean(page);
  });
}

journey("on a phone the tables are a sheet of their own", {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
}, async (page) => {
  await page.getByRole("button", { name: "Tables" }).click();
  await tab(page, "Messages").click();
  await dock(page).getByRole("table").waitFor();
});
