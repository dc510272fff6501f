// Everybody gets in: keyboard only, assistive technology, Chinese, reduced motion, small screens,
// and readers of other people's pages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AXE, launch, open, serve } from "./harness.mjs";
import { CRASH, editor, pause, playback, playhead, run, seek, timeline, until } from "./visitor.mjs";

const HOST = "/elsewhere/article.html";

let site;
let browser;

before(async () => {
  const figure = '<iframe id="figure" title="A figure" src="/some/where/quorate/?embed&lang=en" ' +
    'width="800" height="460"></iframe>';
  site = await serve({
    [HOST]: `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>An article</title>` +
      `<h1>An article</h1>${figure}</html>`,
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** What axe finds wrong, in a form one can act on. */
async function barriers(page) {
  // The policy of the page forbids inline scripts, so the checker comes through the debugger.
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
  test(`axe finds no barrier on the ${colorScheme} page`, async () => {
    const { page, context, faults } = await open(browser, site, { colorScheme });
    await timeline(page).waitFor();
    await run(page, CRASH);
    await seek(page, 0.5);
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press("1");
    assert.deepEqual(await barriers(page), [], "with a node selected");
    for (const name of ["Embed", "Help"]) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await barriers(page), [], `with ${name} open`);
      await page.keyboard.press("Escape");
    }
    await page.getByRole("button", { name: /Open the gallery/ }).first().click();
    await page.getByRole("dialog").waitFor();
    assert.deepEqual(await barriers(page), [], "with the gallery open");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("the keyboard alone plays, selects, breaks, and finds its way", async () => {
  const { page, context, faults } = await open(browser, site);
  await timeline(page).waitFor();
  await run(page, CRASH);
  // The first stop is the way past the editor.
  const first = await page.evaluate(
    () => document.querySelector("a[href], button, input, textarea, [tabindex='0']").textContent,
  );
  assert.match(first, /Skip to the scene/);
  await page.getByRole("link", { name: "Skip to the scene" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "scene");
  await page.keyboard.press("Space");
  await playback(page).getByRole("button", { name: "Pause", exact: true }).waitFor();
  await page.keyboard.press("Space");
  await playback(page).getByRole("button", { name: "Play", exact: true }).waitFor();
  const { event } = await playhead(page);
  await page.keyboard.press("ArrowRight");
  await until(page, (seen) => seen.event === event + 1, "one event on");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard and pointer" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // Letters are letters where one writes.
  await editor(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.type("c");
  assert.match(await editor(page).inputValue(), /c/);
  assert.doesNotMatch(await editor(page).inputValue(), /^at .* crash n/m);
  assert.deepEqual(faults, []);
  await context.close();
});

test("every stop of the keyboard has a name", async () => {
  const { page, context } = await open(browser, site);
  await timeline(page).waitFor();
  await pause(page);
  const seen = new Set();
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const labelled = at.getAttribute("aria-labelledby");
      const by = labelled && document.getElementById(labelled)?.textContent;
      const name = at.getAttribute("aria-label") || by || at.textContent || at.title || "";
      return { tag: at.tagName, name: name.trim() };
    });
    if (!stop) break;
    assert.notEqual(stop.name, "", `a ${stop.tag} without a name`);
    seen.add(`${stop.tag} ${stop.name}`);
  }
  assert.ok(seen.size > 10, `only ${seen.size} stops`);
  await context.close();
});

test("中文：the page speaks Chinese to a Chinese browser, and keeps the run when it is switched", async () => {
  const { page, context, faults } = await open(browser, site, { locale: "zh-CN" });
  const axis = page.getByRole("slider", { name: "时间轴" });
  await axis.waitFor();
  assert.match(await page.locator("html").getAttribute("lang"), /^zh/);
  const playback = page.getByRole("region", { name: "播放控制" });
  await playback.getByRole("button", { name: "暂停", exact: true }).click();
  const before = await axis.getAttribute("aria-valuenow");
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await timeline(page).waitFor();
  assert.equal(await timeline(page).getAttribute("aria-valuenow"), before);
  assert.match(await page.locator("html").getAttribute("lang"), /^en/);
  await page.reload();
  await timeline(page).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("中文：no English sentence is left on the Chinese page", async () => {
  const { page, context } = await open(browser, site, { locale: "zh-CN" });
  await page.getByRole("slider", { name: "时间轴" }).waitFor();
  const english = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent.closest("textarea, code, pre, kbd, script, style, .code, [lang^=en]")) continue;
      const text = node.textContent.trim();
      // Three Latin words in a row are a sentence; names such as RequestVote stand alone.
      if (/[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/.test(text)) found.push(text);
    }
    return found;
  });
  assert.deepEqual(english, []);
  await context.close();
});

test("where motion is not wanted, nothing moves by itself", async () => {
  const { page, context, faults } = await open(browser, site, { reducedMotion: "reduce" });
  await timeline(page).waitFor();
  const before = await playhead(page);
  await page.waitForTimeout(1_500);
  assert.equal((await playhead(page)).ms, before.ms);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a phone shows the scene and the transport without scrolling sideways", async () => {
  const viewport = { width: 390, height: 844 };
  const { page, context, faults } = await open(browser, site, { viewport, hasTouch: true });
  await timeline(page).waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= viewport.width, `the page is ${width} wide`);
  assert.ok(await playback(page).isVisible());
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an embedded figure plays, and touches neither storage nor address of its host", async () => {
  const { page, context, faults } = await open(browser, site, { path: HOST });
  const figure = page.frameLocator("#figure");
  const axis = figure.getByRole("slider", { name: "Timeline" });
  await axis.waitFor();
  const first = await axis.getAttribute("aria-valuenow");
  await page.waitForTimeout(1_500);
  assert.notEqual(await axis.getAttribute("aria-valuenow"), first, "it plays in view");
  await figure.getByRole("button", { name: "Pause", exact: true }).click();
  const still = await axis.getAttribute("aria-valuenow");
  await page.locator("h1").click();
  await page.keyboard.press("Space");
  assert.equal(await axis.getAttribute("aria-valuenow"), still, "keys of the host stay with the host");
  const frame = page.frames().find((one) => one.url().includes("embed"));
  assert.equal(await frame.evaluate(() => localStorage.length), 0);
  assert.equal(page.url(), site.origin + HOST);
  const link = figure.getByRole("link", { name: /Open in playground/ });
  const [playground] = await Promise.all([page.waitForEvent("popup"), link.click()]);
  // The figure's scenario and position go along.
  await playground.waitForURL(/quorate\/#./);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an embedded figure works where storage and workers are forbidden", async () => {
  const { page, context } = await open(browser, site, { path: HOST });
  // An opaque origin: fetches of the page's own files need the host's permission header, so the
  // page either plays or says in words that it cannot.
  await page.evaluate(() => {
    const figure = document.getElementById("figure");
    figure.setAttribute("sandbox", "allow-scripts");
    figure.src = `${figure.src}`;
  });
  const figure = page.frameLocator("#figure");
  await figure.getByRole("slider", { name: "Timeline" }).or(figure.getByRole("alert")).first().waitFor();
  await context.close();
});
