// The space-time diagram: a window that follows, causes and effects, filters, search, zoom.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AXE, open } from "./harness.mjs";
import { browser, journey, site } from "./journey.mjs";
import { CRASH, playhead, run, seek, timeline, until } from "./visitor.mjs";

const diagram = (page) => page.getByRole("group", { name: /^Space-time diagram/ });
const legend = (page) => page.getByRole("group", { name: "Legend" });
const asked = (page) => page.getByRole("region", { name: "Why did this happen?" });
const list = (page) => page.getByRole("region", { name: "Events in the window" });

/** The window as the diagram says it: from and to in milliseconds, and its events. */
async function window(page) {
  const says = await diagram(page).getAttribute("aria-label");
  const [, from, to, events] = says.match(/, ([\d.]+) s to ([\d.]+) s: ([\d\s]+) events/);
  return { from: from * 1000, to: to * 1000, events: Number(events.replaceAll(/\s/g, "")) };
}

/** Waits until `is` holds of the window. */
async function windowIs(page, is, what) {
  const end = Date.now() + 20_000;
  let seen;
  while (Date.now() < end) {
    seen = await window(page);
    if (is(seen)) return seen;
    await page.waitForTimeout(50);
  }
  assert.fail(`${what}: ${JSON.stringify(seen)}`);
}

/** A journey that is paused in the crash. */
const paused = (name, walk) => journey(name, {}, async (page) => {
  await run(page, CRASH);
  await walk(page);
});

paused("it is the first tab, and its window goes along with the playhead", async (page) => {
  const tab = page.getByRole("button", { name: "Space-time", exact: true });
  assert.equal(await tab.getAttribute("aria-pressed"), "true");
  for (const share of [0.9, 0.1, 0.5]) {
    await seek(page, share);
    const { ms } = await playhead(page);
    await windowIs(page, ({ from, to }) => from <= ms + 1 && ms <= to + 1, `at ${ms} ms`);
  }
  const bracket = await page.locator(".st-bracket").getAttribute("d");
  assert.match(bracket, /^M\d+ -?\d+v6H\d+v-6$/, "the window is seen on the scrubber");
});

paused("wheel, drag, keys and buttons zoom and move the window", async (page) => {
  await seek(page, 0.31);
  const first = await window(page);
  const wide = ({ from, to }) => to - from;
  await legend(page).getByRole("button", { name: "Zoom in" }).click();
  const near = await windowIs(page, (now) => wide(now) < wide(first) * 0.8, "the button");
  await diagram(page).press("-");
  await windowIs(page, (now) => wide(now) > wide(near) * 1.2, "the key");
  await diagram(page).hover();
  await page.mouse.wheel(0, -300);
  const close = await windowIs(page, (now) => wide(now) < wide(first) * 0.8, "the wheel");
  await diagram(page).press("PageDown");
  await windowIs(page, ({ from }) => from > close.from, "Page Down");
  const box = await diagram(page).boundingBox();
  const before = await window(page);
  await page.mouse.move(box.x + 200, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await windowIs(page, ({ from }) => from < before.from, "a drag to the right goes back");
  await diagram(page).press("0");
  const all = await windowIs(page, ({ from, to }) => from === 0 && to === 6000, "the whole run");
  assert.ok(all.events > 100);
});

paused("an event says why it happened and what it caused, and can be jumped to", async (page) => {
  await seek(page, 0.46);
  await diagram(page).press("ArrowRight");
  await asked(page).waitFor();
  const lines = asked(page).getByRole("listitem");
  const title = await asked(page).getByRole("heading").first().innerText();
  await diagram(page).press("ArrowLeft");
  await page.waitForFunction(
    (old) => document.querySelector(".st-aside h2")?.innerText !== old,
    title,
  );
  for (let tries = 0; tries < 12 && (await lines.count()) === 0; tries += 1) {
    await diagram(page).press("ArrowLeft");
  }
  assert.ok((await lines.count()) > 0, "some event has a cause or an effect");
  assert.match(await asked(page).innerText(), /earlier events|nothing before it/);
  assert.match(await asked(page).innerText(), /later events|nothing came of it/);
  await lines.first().getByRole("button").click();
  const at = await asked(page).getByRole("heading").first().innerText();
  await asked(page).getByRole("button", { name: "Go there" }).click();
  const there = await playhead(page);
  await page.getByRole("slider", { name: "Timeline" }).press("Home");
  await until(page, ({ event }) => event === 0, "Home");
  await diagram(page).press("Enter");
  await until(page, ({ event }) => event === there.event, `Enter goes to ${at} as the button does`);
  await diagram(page).press("Escape");
  await asked(page).waitFor({ state: "detached" });
});

paused("a press on the picture asks about what is there", async (page) => {
  await seek(page, 0.46);
  await diagram(page).press("0");
  for (let zoom = 0; zoom < 6; zoom += 1) await diagram(page).press("+");
  const box = await diagram(page).boundingBox();
  // Somewhere on the lanes near the playhead there is something.
  let met = false;
  for (let x = 80; x < box.width - 60 && !met; x += 9) {
    for (let y = 40; y < box.height - 10 && !met; y += 14) {
      await page.mouse.move(box.x + x, box.y + y);
      met = await diagram(page).evaluate((board) => board.classList.contains("st-over"));
      if (met) await page.mouse.click(box.x + x, box.y + y);
    }
  }
  assert.ok(met, "there is something to point at");
  await asked(page).waitFor();
});

paused("kinds are counted and can be hidden, and the list tells the window", async (page) => {
  await seek(page, 0.31);
  const kinds = legend(page).getByRole("listitem");
  assert.ok((await kinds.count()) >= 3);
  await legend(page).getByRole("button", { name: "As a list" }).click();
  const told = list(page).getByRole("listitem");
  await told.first().waitFor();
  const before = await list(page).innerText();
  assert.match(before, /receives/);
  for (const one of await kinds.getByRole("button").all()) await one.click();
  await page.waitForFunction(
    () => !/receives/.test(document.querySelector(".st-aside")?.innerText ?? ""),
  );
  assert.equal(await kinds.getByRole("button").first().getAttribute("aria-pressed"), "false");
});

paused("a search finds kinds, nodes and values, and jumps from one to the next", async (page) => {
  const field = legend(page).getByRole("searchbox");
  await field.fill("x=1");
  await field.press("Enter");
  const first = await until(page, ({ ms }) => ms >= 2500, "the first time x=1 is spoken of");
  await field.press("Enter");
  await until(page, ({ event }) => event !== first.event, "the next time");
  await field.fill("no-such-thing");
  await legend(page).getByText("Nothing found").waitFor();
});

test("it is for everybody: axe finds nothing, on a desk and on a phone", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  for (const options of [{}, phone]) {
    const { page, context, faults } = await open(browser, site, options);
    await timeline(page).waitFor();
    if (options === phone) {
      await page.getByRole("button", { name: "Tables", exact: true }).click();
    }
    await diagram(page).waitFor();
    await page.keyboard.press("Escape");
    await legend(page).getByRole("button", { name: "As a list" }).click();
    await list(page).waitFor();
    // The policy of the page forbids inline scripts, so the checker comes through the debugger.
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document));
    const barriers = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    assert.deepEqual(barriers, []);
    assert.deepEqual(faults, []);
    await context.close();
  }
});
