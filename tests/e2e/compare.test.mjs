// Strategies beside each other: seen, read, sorted, exported, explained, and turned by hand.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AXE } from "./harness.mjs";
import { journey } from "./journey.mjs";
import { computed, editor, pause, playhead, run, seek, timeline, until } from "./visitor.mjs";

const FIVE = `# Five strategies
balance p2c servers=6 seed=11
servers s1 x3, s2..s4 x2, s5..s6 x1.5
arrivals poisson load=68%
at 2s slow s4 x2.2
run 6s
compare random round-robin weighted
        least-connections p2c
expect p99 < 200ms with p2c
`;

/** The comparison, as a screen reader finds it, once every strategy is at the end. */
async function table(page) {
  const found = page.getByRole("table", { name: /^Same .+ requests, 5 strategies$/ });
  await found.waitFor();
  await page.getByText(/computed to/).waitFor({ state: "detached" });
  return found;
}

const names = (rows) => rows.getByRole("rowheader").getByRole("button").allTextContents();

async function compared(page) {
  await run(page, FIVE);
  await table(page);
  await timeline(page).press("End");
  return table(page);
}

/** Figures of a column, top to bottom, as numbers of one unit. */
async function figures(rows, column) {
  const heads = await rows.getByRole("columnheader").allTextContents();
  const place = heads.findIndex((head) => head.replace(/[↑↓]/, "") === column);
  assert.ok(place > 0, `${column} in ${heads}`);
  const cells = await rows
    .locator("tbody tr")
    .evaluateAll((all, at) => all.map((row) => row.cells[at].textContent), place);
  return cells.map((text) => {
    const [, figure, unit] = text.match(/^([\d.\u2009]+)\s*(µs|ms|s|%)?$/) ?? assert.fail(text);
    const scale = { µs: 1e-3, ms: 1, s: 1e3 }[unit] ?? 1;
    return Number(figure.replaceAll("\u2009", "")) * scale;
  });
}

journey("five strategies are compared, read without eyes, and sorted by keyboard", {}, async (page) => {
  const rows = await compared(page);
  assert.equal((await names(rows)).length, 5);
  const holds = rows.getByRole("row", { name: /Power of two choices/ });
  await holds.getByRole("img", { name: "Holds" }).waitFor();
  await holds.getByRole("img", { name: /^half within .+, 99% within / }).waitFor();
  await holds.getByRole("img", { name: /^s1 \d+%, fair 25%; / }).waitFor();
  const worst = rows.getByRole("row", { name: /Random/ });
  await worst.getByRole("img", { name: "Violated" }).waitFor();
  const head = rows.getByRole("columnheader", { name: "p99" });
  assert.equal(await head.getAttribute("aria-sort"), "none");
  const before = await names(rows);
  await head.getByRole("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  const rising = await figures(rows, "p99");
  assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await figures(rows, "p99"), [...rising].reverse());
  await page.keyboard.press("Enter");
  assert.deepEqual(await names(rows), before, "the order of the text again");
});

journey("the figures are those of the playhead", {}, async (page) => {
  const rows = await compared(page);
  await page.getByRole("button", { name: "Figures" }).click();
  const late = await figures(rows, "answered");
  await seek(page, 0.3);
  const early = await figures(await table(page), "answered");
  assert.ok(early.every((count, row) => count < late[row] / 2), `${early} of ${late}`);
  for (const column of ["mean", "p50", "p90", "p99.9", "worst", "failed", "busy"]) {
    await figures(rows, column);
  }
});

journey("what is compared is taken home as CSV, JSON and SVG", {}, async (page) => {
  await compared(page);
  const files = page.getByRole("group", { name: "Download" });
  const taken = {};
  for (const kind of ["CSV", "JSON", "SVG"]) {
    const waiting = page.waitForEvent("download");
    await files.getByRole("button", { name: kind }).click();
    const download = await waiting;
    taken[download.suggestedFilename()] = await readFile(await download.path(), "utf8");
  }
  const csv = taken["five-strategies-comparison.csv"].trim().split("\r\n");
  assert.equal(csv.length, 6);
  assert.match(csv[5], /^p2c,\d+,\d+,0,/);
  const json = JSON.parse(taken["five-strategies-comparison.json"]);
  assert.equal(json.scenario, FIVE);
  assert.deepEqual(json.strategies.map((one) => one.strategy), csv.slice(1).map((line) => line.split(",")[0]));
  assert.equal(json.servers.length, 6);
  const svg = taken["five-strategies-comparison.svg"];
  assert.match(svg, /^<svg xmlns/);
  assert.match(svg, /Least connections/);
  assert.ok(!svg.includes("var(--"), "it stands alone");
});

journey("other strategies are chosen by ticking boxes, and the text says so", {}, async (page) => {
  await compared(page);
  await page.getByText("Choose strategies").first().click();
  await page.getByRole("checkbox", { name: "Smooth weighted round robin" }).uncheck();
  await page.waitForFunction(() => {
    const text = document.querySelector("textarea").value;
    return /compare random round-robin least-connections p2c\n/.test(text);
  });
  await page.getByRole("table", { name: /, 4 strategies$/ }).waitFor();
});

journey("a request slow under one strategy only leads to where it is slow", {}, async (page) => {
  await compared(page);
  const section = page.getByRole("region", { name: "Slow under one strategy only" });
  await section.getByText(/requests are slow only under Random/).first().click();
  const list = section.getByRole("table", { name: /slow only under Random/ });
  const row = list.locator("tbody tr").first();
  const arrived = await row.locator("td").nth(1).textContent();
  await row.getByRole("button").click();
  const ms = Math.floor(parseFloat(arrived) * 1000);
  await until(page, (seen) => Math.abs(seen.ms - ms) <= 2, `at ${arrived}`);
  assert.match(await editor(page).inputValue(), /^balance random /m);
});

journey("a slider writes into the text, and a drag is one step back", {}, async (page) => {
  await compared(page);
  const load = page.getByRole("slider", { name: "Load" });
  assert.equal(await load.getAttribute("aria-valuetext"), "68%");
  await load.focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => /load=69%/.test(document.querySelector("textarea").value));
  const box = await load.boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
  const [, now] = (await editor(page).inputValue()).match(/load=(\d+)%/);
  assert.ok(now > 40 && now < 60, now);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.match(await editor(page).inputValue(), /load=69%/);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  assert.equal(await editor(page).inputValue(), FIVE);
});

journey("a server is killed under all five strategies at once", {}, async (page) => {
  await run(page, FIVE.replace("run 6s", "timeout 500ms\nrun 6s"));
  await table(page);
  await seek(page, 0.5);
  await pause(page);
  await page.getByRole("main").getByRole("button", { name: /^s1, / }).first().click();
  await page.keyboard.press("c");
  await page.waitForFunction(() => /crash s1/.test(document.querySelector("textarea").value));
  await computed(page);
  await page.getByRole("button", { name: "Figures" }).click();
  await timeline(page).press("End");
  const failed = await figures(await table(page), "failed");
  assert.ok(failed.every((share) => share > 0), `${failed}`);
});

journey("why this server: the view of the balancer as it chose", {}, async (page) => {
  await compared(page);
  await seek(page, 0.5);
  await pause(page);
  await page.getByRole("button", { name: "Why this server" }).click();
  const panel = page.getByRole("region", { name: "Why this server" });
  const says = panel.getByText(/looked at s\d \(\d+ in flight\) and s\d \(\d+ in flight\) and sent/);
  const [, one, of, other, its, taken] = (await says.textContent()).match(
    /at (s\d) \((\d+) .*and (s\d) \((\d+) .*to (s\d)\./,
  );
  const seen = panel.getByRole("table", { name: "What the balancer saw when it chose" });
  const cell = async (name, at) =>
    Number(await seen.getByRole("row", { name: new RegExp(`^${name}`) }).locator("td").nth(at).textContent());
  assert.deepEqual([await cell(one, 1), await cell(other, 1)], [Number(of), Number(its)]);
  const per = async (name) => (await cell(name, 1)) / (await cell(name, 0));
  const loser = taken === one ? other : one;
  assert.ok((await per(taken)) <= (await per(loser)), "the less loaded for its weight");
  await panel.getByText("The first one drawn wins.").waitFor();
  const { event } = await playhead(page);
  await panel.getByRole("listitem").nth(4).getByRole("button").click();
  await until(page, (there) => there.event < event, "an earlier choice");
  await panel.getByText(/ and sent request /).waitFor();
});

async function barriers(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`),
  );
}

for (const colorScheme of ["light", "dark"]) {
  journey(`axe finds no barrier in the comparison, ${colorScheme}`, { colorScheme }, async (page) => {
    await compared(page);
    assert.deepEqual(await barriers(page), []);
    await pause(page);
    await page.getByRole("button", { name: "Why this server" }).click();
    assert.deepEqual(await barriers(page), [], "why this server");
  });
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

journey("a phone has the comparison on a pane of its own", PHONE, async (page) => {
  await page.getByRole("group", { name: "Panels" }).getByRole("button", { name: "Scenario" }).click();
  await editor(page).fill(FIVE);
  await page.getByRole("group", { name: "Strategies" }).first().waitFor();
  const stage = await page.locator("canvas").first().boundingBox();
  assert.ok(stage.width > 350 && stage.height > 150, "the scene stays over the text");
  assert.equal(await page.getByRole("table").count(), 0, "the comparison waits for its pane");
  await page.getByRole("group", { name: "Panels" }).getByRole("button", { name: "Compare" }).click();
  const rows = await table(page);
  assert.equal((await names(rows)).length, 5);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} wide`);
  assert.deepEqual(await barriers(page), []);
});

journey("in Chinese, the comparison is Chinese", { locale: "zh-CN" }, async (page) => {
  await page.locator("textarea").fill(FIVE);
  const rows = page.getByRole("table", { name: /^同样的 .+ 个请求，5 种策略$/ });
  await rows.waitFor();
  const heads = await rows.getByRole("columnheader").allTextContents();
  assert.ok(heads.includes("请求占比") && heads.includes("超限"), `${heads}`);
});

journey("the load is swept beside theory, and the sweep can be stopped", {}, async (page) => {
  await run(
    page,
    "balance random servers=3 seed=5\narrivals poisson load=60%\nservice exp mean=10ms\n" +
      "warmup 500ms\nrun 4s\ncompare random p2c\n",
  );
  await page.getByRole("button", { name: "Theory" }).click();
  const beside = page.getByRole("region", { name: "Theory beside the run" });
  await beside.getByText("M/M/1").waitFor();
  await beside.getByRole("img", { name: "Holds" }).waitFor();
  const sweep = page.getByRole("region", { name: "Sweep over the load" });
  await sweep.getByRole("button", { name: "Sweep the load from 10% to 99%" }).click();
  const bar = sweep.getByRole("progressbar", { name: "Sweep over the load" });
  await page.waitForFunction((bar) => bar.value >= 22, await bar.elementHandle());
  await sweep.getByRole("button", { name: "Stop the sweep" }).click();
  await sweep.getByText("Figures").click();
  const figures = sweep.getByRole("table", { name: "mean time at a server" });
  assert.equal(await figures.getByRole("rowheader").count(), 11);
  const row = figures.getByRole("row", { name: /^80\.0%/ });
  assert.match(await row.textContent(), /ms.*50 ms$/, "M/M/1 at 80% load stays 50 ms");
  assert.deepEqual(await barriers(page), []);
});
