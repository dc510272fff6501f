// Everybody, everywhere: without a network, on paper, in few or strong colours, at any size of text,
// by keyboard alone, by ear.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AXE, open } from "./harness.mjs";
import { browser, pages, site } from "./journey.mjs";
import {
  CRASH, editor, nodes, pause, playback, playhead, run, seek, timeline, until,
} from "./visitor.mjs";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const BASE = "/some/where/quorate/";
const POOL = "# Two choices\nbalance p2c servers=4 seed=11\narrivals poisson load=80%\n" +
  "service exp mean=10ms\nrun 3s\ncompare random p2c\n";

/** What axe finds wrong, in a form one can act on. */
async function barriers(page, disabled = []) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((disabled) =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules: Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }])),
    }), disabled);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`));
}

/** A page that runs the crash, paused in the middle. */
async function crashed(options) {
  const visit = await open(browser, site, options);
  await timeline(visit.page).waitFor();
  await run(visit.page, CRASH);
  await seek(visit.page, 0.5);
  return visit;
}

/* Without a network. A page under development registers no worker: see xtask/src/site.rs. */

const built = readFileSync(DIST + "index.html", "utf8");
const kept = built.includes("data-offline=");
const offline = { skip: kept ? false : "a build under development; QUORATE_OFFLINE=1 adds the worker" };

// A browser looks for a new version when it has nothing better to do; a page that plays on a busy
// machine is better. So nothing moves in the journeys that wait for one.
const CALM = { serviceWorkers: "allow", reducedMotion: "reduce" };

/** Asks the page until it answers yes: `waitForFunction` does not wait for promises. */
async function eventually(page, ask, told) {
  const end = Date.now() + 30_000;
  while (!(await page.evaluate(ask, told))) {
    assert.ok(Date.now() < end, `never: ${ask}`);
    await page.waitForTimeout(100);
  }
}

/** Waits until this page would do without a network. */
const stored = (page) => eventually(page, async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const active = registration?.active?.state === "activated";
  return active && Boolean(navigator.serviceWorker.controller);
});

const cached = (page) => page.evaluate(() => caches.keys());

/** FNV-1a, 32 bits. */
function digest(text) {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Publishes another version: one more element in the page. */
function publish(version, { broken = false } = {}) {
  const page = built.replace("</head>", `<meta name="build" content="${version}"></head>`);
  const line = /\["index.html", \d+\]/;
  const worker = readFileSync(DIST + "sw.js", "utf8");
  assert.match(worker, line);
  const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' data: blob:";
  pages[BASE] = { body: page, policy };
  pages[BASE + "index.html"] = { body: page, policy };
  pages[BASE + "sw.js"] = {
    type: "text/javascript",
    body: worker
      .replace(line, `["index.html", ${digest(page) + (broken ? 1 : 0)}]`)
      .replace(/version: "\w+"/, `version: "${version}"`),
  };
}

const unpublish = () => Object.keys(pages).forEach((path) => delete pages[path]);

test("after the first visit everything works without a network", offline, async () => {
  const { page, context, faults } = await open(browser, site, { serviceWorkers: "allow" });
  await timeline(page).waitFor();
  await stored(page);
  await context.setOffline(true);
  await page.reload();
  await timeline(page).waitFor();
  await run(page, CRASH);
  const { events } = await playhead(page);
  assert.ok(events > 100, "a scenario runs");
  await page.getByRole("button", { name: /^The protocol's code/ }).click();
  await page.getByText("pub struct Raft").or(page.getByText("impl Node for")).first().waitFor();
  await page.getByRole("button", { name: /Open the gallery/ }).first().click();
  const gallery = page.getByRole("dialog");
  await gallery.getByRole("button", { name: /One value/ }).first().click();
  await page.waitForFunction(() => document.title.startsWith("One value"));
  await context.setOffline(false);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a new version waits, says so, and takes over whole", offline, async (t) => {
  t.after(unpublish);
  const { page, context, faults } = await open(browser, site, CALM);
  await stored(page);
  const [first, ...more] = await cached(page);
  assert.deepEqual(more, [], "one cache");
  publish("00000002");
  await page.reload();
  await timeline(page).waitFor();
  const build = () => page.locator("meta[name=build]");
  assert.equal(await build().count(), 0, "the page is still of the old version, all of it");
  // The page has asked for it; a busy browser takes its time, so it is asked once more.
  await eventually(page, async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    if (!registration.waiting && !registration.installing) void registration.update().catch(() => {});
    return Boolean(registration.waiting);
  });
  const toast = page.getByRole("status").filter({ hasText: "A new version is ready." });
  await toast.waitFor();
  await toast.getByRole("button", { name: "Reload" }).click();
  await build().waitFor({ state: "attached" });
  await timeline(page).waitFor();
  await eventually(page, (first) => caches.keys().then((keys) => !keys.includes(first)), first);
  assert.match((await cached(page)).join(), /00000002$/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("half a version is none: the page goes on as it was", offline, async (t) => {
  t.after(unpublish);
  const { page, context } = await open(browser, site, CALM);
  await stored(page);
  const before = await cached(page);
  publish("00000003", { broken: true });
  const ended = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const state = new Promise((done) => {
      registration.addEventListener("updatefound", () => {
        const { installing } = registration;
        installing.addEventListener("statechange", () => done(installing.state));
      });
    });
    void registration.update().catch(() => {});
    return state;
  });
  assert.equal(ended, "redundant");
  assert.deepEqual(await cached(page), before);
  assert.equal(await page.getByText("A new version is ready.").count(), 0);
  await context.setOffline(true);
  await page.reload();
  await timeline(page).waitFor();
  await context.close();
});

test("a build under development takes the worker and its caches away", offline, async (t) => {
  t.after(unpublish);
  const { page, context } = await open(browser, site, CALM);
  await stored(page);
  const worker = readFileSync(fileURLToPath(new URL("../../www/sw.js", import.meta.url)), "utf8");
  pages[BASE + "sw.js"] = { type: "text/javascript", body: worker };
  await eventually(page, async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update().catch(() => {});
    return !registration && (await caches.keys()).length === 0;
  });
  await context.close();
});

test("figures in other pages register nothing, and browsers without workers lose nothing", async () => {
  const { page, context, faults } = await open(browser, site, { query: "?embed", serviceWorkers: "allow" });
  await page.getByRole("slider").first().waitFor();
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
  await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
  await page.goto(site.url);
  await timeline(page).waitFor();
  assert.equal(await page.evaluate(() => "serviceWorker" in navigator), false);
  assert.deepEqual(faults, []);
  await context.close();
});

/* Paper. */

for (const colorScheme of ["light", "dark"]) {
  test(`on paper: the scene, the text and the verdicts, from the ${colorScheme} page`, async () => {
    const { page, context, faults } = await crashed({ colorScheme });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.emulateMedia({ media: "print", colorScheme });
    // A sheet of A4 between its margins.
    await page.setViewportSize({ width: 688, height: 1000 });
    const picture = page.locator(".stage-paper svg");
    assert.ok(await picture.isVisible());
    const { width, height } = await picture.boundingBox();
    assert.ok(width > 300 && height > 150, `${width} by ${height}`);
    const ink = await picture.evaluate((svg) => [svg.textContent, svg.outerHTML]);
    assert.match(ink[0], /n1.*n5/s);
    assert.doesNotMatch(ink[1], /#10151B/i, "never the dark ground");
    for (const text of ["at 1.5s", "One leader per term", "expectation holds"]) {
      assert.ok(await page.getByText(text).first().isVisible(), text);
    }
    for (const chrome of [playback(page), page.getByRole("button", { name: "Share" }), editor(page)]) {
      assert.equal(await chrome.isVisible(), false);
    }
    const colour = await page.getByText("One leader per term").first()
      .evaluate((text) => getComputedStyle(text).color);
    assert.match(colour, /rgb\((\d{1,2}), (\d{1,2}), (\d{1,2})\)/, "dark words");
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 10_000);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

/* Colours. */

test("in the system's own colours every control has an edge, and a choice is seen", async () => {
  const { page, context, faults } = await crashed({ forcedColors: "active" });
  for (const name of ["Share", "Reset"]) {
    const edge = await page.getByRole("button", { name, exact: true })
      .evaluate((button) => getComputedStyle(button).borderTopWidth);
    assert.equal(edge, "1px", name);
  }
  const ground = (button) => button.evaluate((it) => getComputedStyle(it).backgroundColor);
  const speed = (name) => playback(page).getByRole("button", { name, exact: true });
  assert.notEqual(await ground(speed("1×")), await ground(speed("4×")));
  await page.keyboard.press("Tab");
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(ring, "solid");
  assert.deepEqual(await barriers(page, ["color-contrast"]), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("where more contrast is wanted, secondary words and edges are ink", async () => {
  const { page, context } = await crashed({ contrast: "more" });
  const colours = await page.evaluate(() => {
    const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
    return [of("--ink"), of("--ink-2"), of("--ink-3")];
  });
  assert.equal(new Set(colours).size, 1, colours.join());
  assert.deepEqual(await barriers(page), []);
  await context.close();
});

/* Size. */

for (const [name, text] of [["cluster", CRASH], ["pool", POOL]]) {
  test(`on a low screen eight lines of a ${name}'s text are seen, and what is below is reached`, async () => {
    const { page, context, faults } = await open(browser, site, { viewport: { width: 1280, height: 640 } });
    await run(page, text);
    await pause(page);
    const frame = await page.locator(".code-frame").boundingBox();
    assert.ok(frame.height >= 8 * 22, `the text is ${frame.height} high`);
    const seed = page.getByRole("button", { name: "Next seed" });
    await seed.scrollIntoViewIfNeeded();
    await seed.click({ timeout: 2000 });
    const undo = page.getByRole("button", { name: "Undo", exact: true });
    await undo.click({ timeout: 2000 });
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

for (const [zoom, viewport] of [["200 %", { width: 720, height: 450 }], ["400 %", { width: 320, height: 256 }]]) {
  test(`at ${zoom} nothing is lost, and nothing scrolls sideways`, async () => {
    const { page, context, faults } = await open(browser, site, { viewport });
    await timeline(page).waitFor();
    await pause(page);
    const size = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(size <= viewport.width, `the page is ${size} wide`);
    const stage = await page.locator(".stage").boundingBox();
    assert.ok(stage.height >= 200, `the scene is ${stage.height} high`);
    const names = ["n1", "n2", "n3", "n4", "n5"];
    for (const name of names) {
      const node = page.getByRole("main").getByRole("button", { name: new RegExp(`^${name}, `) });
      await node.scrollIntoViewIfNeeded();
      assert.ok(await node.isVisible(), name);
    }
    for (const button of [
      playback(page).getByRole("button", { name: "Play", exact: true }),
      playback(page).getByRole("button", { name: "One event forward" }),
      page.getByRole("button", { name: /^Run/ }),
    ]) {
      await button.scrollIntoViewIfNeeded();
      const box = await button.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, "inside the page");
      await button.click({ trial: true });
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

/* Every screen. */

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no barrier on any table, menu or figure of the ${colorScheme} page`, async () => {
    const { page, context, faults } = await crashed({ colorScheme });
    const tables = page.getByRole("region", { name: "Tables" }).getByRole("group", { name: "Tables" });
    const look = async (what) => assert.deepEqual(await barriers(page), [], what);
    const every = async (what) => {
      for (const tab of await tables.getByRole("button").all()) {
        await tab.click();
        await look(`${what}: ${await tab.textContent()}`);
      }
    };
    await every("a cluster");
    await nodes(page).first().click({ button: "right" });
    await page.getByRole("menu").or(page.getByRole("dialog")).first().waitFor();
    await look("the menu of a node");
    await page.keyboard.press("Escape");
    await run(page, "cluster raft nodes=0\n".replace("0", "3") + "run 1s\nexpect leader within 1ms\n");
    await look("a violation");
    await run(page, POOL);
    await every("a pool");
    await editor(page).fill("cluster nothing\n");
    await page.getByText(/Unknown/).first().waitFor();
    await look("a problem of the text");
    assert.deepEqual(faults, []);
    await page.goto(site.url + "?embed");
    await page.getByRole("slider").first().waitFor();
    await look("a figure");
    await context.close();
  });
}

/* Keys, and ears. */

/** Presses Tab until the control of this name has the focus. */
async function tabTo(page, name) {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const at = document.activeElement;
      return at.getAttribute("aria-label") || at.textContent || at.title || "";
    });
    if (name.test(here.trim())) return;
  }
  assert.fail(`Tab never comes to ${name}`);
}

test("from loading to sharing by keyboard alone", async () => {
  const { page, context, faults } = await open(browser, site);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await timeline(page).waitFor();
  await tabTo(page, /^Skip to the scene/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Home");
  await until(page, ({ event }) => event === 0, "Home");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await until(page, ({ event }) => event === 3, "three events on");
  await page.keyboard.press("2");
  await page.keyboard.press("c");
  await page.waitForFunction(() => /^at .* crash n2$/m.test(document.querySelector("textarea").value));
  await tabTo(page, /^Share/);
  await page.keyboard.press("Enter");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await eventually(page, () => navigator.clipboard.readText().then(Boolean));
  const address = await copied();
  assert.ok(address.startsWith(site.url), address);
  const colleague = await context.newPage();
  await colleague.goto(address);
  await timeline(colleague).waitFor();
  assert.match(await editor(colleague).inputValue(), /^at .* crash n2$/m);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the sentence above the scene is spoken, calmly", async () => {
  const { page, context } = await crashed();
  const spoken = page.getByRole("main").locator("[aria-live=polite]").first();
  const sentence = page.getByRole("main").locator(".narration p").first();
  const heard = new Set();
  for (let i = 0; i < 3; i++) {
    await page.getByRole("main").focus();
    await page.keyboard.press("Shift+ArrowRight");
    const wanted = (await sentence.textContent()).trim();
    await page.waitForFunction(
      ([wanted]) => document.querySelector("main [aria-live=polite]").textContent.trim() === wanted,
      [wanted],
    );
    heard.add(await spoken.textContent());
  }
  assert.ok(heard.size > 1, [...heard].join());
  assert.equal(await spoken.getAttribute("role"), "status");
  await context.close();
});
