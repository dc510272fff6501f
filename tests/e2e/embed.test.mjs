// Figures in other people's pages: the element, its messages, what keeps it safe, what is seen
// where it cannot run.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AXE, launch, open, serve } from "./harness.mjs";
import { CRASH } from "./visitor.mjs";

const SCRIPT = '<script type="module" src="/some/where/quorate/quorate-embed.js"></script>';
// What a careful host page sends: nothing inline, nothing from elsewhere.
const POLICY = "default-src 'none'; script-src 'self'; frame-src 'self'; img-src data:; connect-src 'self'";
const QUIET = "# A quiet cluster\ncluster raft nodes=3 seed=1\nrun 1s\n";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const block = (text = CRASH) => `<pre><code class="language-quorate,at=1.2s">${escaped(text)}</code></pre>`;
const scene = (settings = "", text = CRASH) =>
  `<quorate-scene ${settings}><pre>${escaped(text)}</pre></quorate-scene>`;
const page = (body, { html = 'lang="en"', head = "" } = {}) => ({
  body:
    `<!doctype html><html ${html}><meta charset="utf-8"><link rel="icon" href="data:,">` +
    `<title>An article</title>${head}<body><h1>An article</h1>${body}</html>`,
  policy: POLICY,
});

const STILL =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 422" role="img" id="still">' +
  `<title>A still</title><metadata>${escaped(CRASH)}</metadata><rect width="720" height="422"/></svg>`;

const PAGES = {
  "/block.html": page(`${block()}${SCRIPT}`),
  "/six.html": page(scene('at="1.2s"').repeat(6) + SCRIPT),
  "/one.html": page(scene('id="one" at="1.2s"') + SCRIPT),
  "/zh.html": page(scene() + SCRIPT, { html: 'lang="zh-CN"' }),
  "/still.html": page(`<quorate-scene at="1.2s">${STILL}</quorate-scene>${SCRIPT}`),
  "/views.html": page(scene('views="scene,transport" height="300"') + SCRIPT),
  "/src.html": page(
    '<quorate-scene src="/some/where/quorate/scenarios/raft/first-election.quorate" autoplay>' +
      `</quorate-scene><quorate-scene id="gone" src="/gone.quorate"></quorate-scene>${SCRIPT}`,
  ),
  "/wrong.html": page(scene('id="one" at="soon"', "cluster raft nods=5\nrun 1s\n") + SCRIPT),
  "/sandbox.html": page(
    scene('id="alone" sandbox="allow-scripts"') +
      scene('id="same" sandbox="allow-scripts allow-same-origin"') + SCRIPT,
  ),
  "/hostile.html": page(
    scene(
      "",
      "# <img src=x onerror=top.hacked=1><script>top.hacked=1</script>\n" +
        '# "><svg onload=top.hacked=1>\ncluster raft nodes=3 seed=1\nrun 1s\n',
    ) + SCRIPT,
  ),
  "/spoof.html": page(
    `${scene('id="one" at="1.2s"')}<iframe src="/stranger.html"></iframe>${SCRIPT}`,
  ),
  "/stranger.html": page("A stranger"),
};

let site;
let browser;

before(async () => {
  site = await serve(PAGES, { cached: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a page of this site and notes the warnings of its console and the events of its figures. */
async function visit(path, { at = site, ...options } = {}) {
  const seen = await open(browser, at, { path, viewport: { width: 900, height: 900 }, ...options });
  const warnings = [];
  seen.page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  return { ...seen, warnings };
}

/** Waits until the figure shows its scenario. */
const live = (page, selector = "quorate-scene") =>
  page.waitForFunction((selector) => {
    const frame = document.querySelector(selector)?.frame;
    return frame?.className === "on";
  }, selector);

const frameOf = async (page, selector = "quorate-scene") => {
  const find = (selector) => document.querySelector(selector).frame;
  const handle = await page.evaluateHandle(find, selector);
  return handle.asElement().contentFrame();
};

/** Waits until the playhead of a figure stands at this many milliseconds. */
const stands = (frame, millis) =>
  frame.waitForFunction(
    (millis) => document.querySelector("[role=slider]")?.getAttribute("aria-valuenow") === millis,
    String(millis),
  );

/** Waits for an event of a figure that `is` true of, caused by `act`. */
const event = (page, name, is, act, argument) =>
  page.evaluate(
    ([name, is, act, argument]) =>
      new Promise((resolve, reject) => {
        const good = new Function("detail", `return ${is}`);
        const hear = ({ detail }) => {
          if (!good(detail)) return;
          document.removeEventListener(name, hear);
          resolve(detail);
        };
        document.addEventListener(name, hear);
        setTimeout(() => reject(new Error(`no ${name} with ${is}`)), 25_000);
        const one = document.querySelector("#one");
        if (act) one[act](...(argument === undefined ? [] : [argument]));
      }),
    [name, is, act, argument],
  );

test("a fenced block becomes a live figure, under a strict policy and without strangers", async () => {
  const { page, context, faults } = await visit("/block.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("region", { name: "Playback" }).waitFor();
  await frame.getByRole("slider", { name: "Timeline" }).waitFor();
  await stands(frame, 1200);
  await frame.getByRole("button", { name: "Play", exact: true }).waitFor();
  assert.ok(await page.locator("body > pre").isHidden(), "the block is replaced");
  const title = await page.evaluate(() => document.querySelector("quorate-scene").frame.title);
  assert.equal(title, "The leader crashes");
  assert.equal(await frame.evaluate(() => localStorage.length + sessionStorage.length), 0);
  assert.equal(await frame.evaluate(() => document.cookie), "");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the height comes from the width, and axe finds no barrier in the figure", async () => {
  const { page, context, faults } = await visit("/one.html", { hasTouch: true });
  await live(page);
  const frame = await frameOf(page);
  const height = () => page.evaluate(() => document.querySelector("#one").frame.offsetHeight);
  await page.waitForFunction(() => document.querySelector("#one").frame.offsetHeight !== 424);
  const wide = await height();
  const fits = () => frame.evaluate(() => document.documentElement.scrollHeight <= innerHeight);
  assert.ok(await fits());
  await page.setViewportSize({ width: 360, height: 800 });
  await page.waitForFunction((wide) => document.querySelector("#one").frame.offsetHeight !== wide, wide);
  assert.ok(await fits());
  const sideways = await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(sideways <= 0, `${sideways} too wide`);
  const right = await frame.getByRole("link").evaluate((it) => it.getBoundingClientRect().right);
  assert.ok(right <= (await frame.evaluate(() => innerWidth)), `the bar ends at ${right}`);
  await frame.evaluate(AXE);
  const { violations } = await frame.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }),
  );
  assert.deepEqual(violations.map(({ id, nodes }) => `${id} ${nodes.map((it) => it.target)}`), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("commands go in, events come out", async () => {
  const { page, context, faults } = await visit("/one.html");
  await live(page);
  const state = await event(page, "state", "detail.at === 2", "seek", 2);
  assert.equal(state.playing, false);
  assert.equal(state.end, 6);
  assert.ok(state.event > 0 && state.events >= state.event && state.sentence.length > 5);
  await event(page, "state", "detail.at === 0.35", "seek", "350ms");
  await event(page, "state", "detail.playing && detail.at > 0.35", "play");
  await event(page, "state", "!detail.playing", "pause");
  const ready = await event(page, "ready", "true", "load", QUIET);
  assert.equal(ready.title, "A quiet cluster");
  const refused = await event(page, "refused", "true", "seek", "soon");
  assert.match(refused.says, /`seek` takes a time/);
  const told = await page.evaluate(() => new Promise((resolve) => {
    const told = [];
    for (const name of ["ready", "refused"]) document.addEventListener(name, () => told.push(name));
    document.addEventListener("refused", () => setTimeout(() => resolve(told), 200));
    document.querySelector("#one").load("cluster raft nods=3\nrun 1s\n");
  }));
  assert.deepEqual(told, ["refused"], "what is not on screen is not ready");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a violation is told when the playhead stands on it", async () => {
  const { page, context, faults } = await visit("/one.html");
  await live(page);
  const text = await readFile(
    new URL("../../www/scenarios/multi-paxos/quorums-that-miss.quorate", import.meta.url), "utf8",
  );
  const told = event(page, "violation", "true", "load", text);
  await page.evaluate(() => document.querySelector("#one").seek("2s"));
  const violation = await told;
  assert.ok(violation.name.length > 3 && violation.because.length > 10 && violation.event > 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("of six figures at most four are live, one download serves all, and moments are kept", async () => {
  const { page, context, faults } = await visit("/six.html");
  await live(page);
  const before = site.served.filter((path) => path.endsWith(".wasm")).length;
  const state = () =>
    page.evaluate(() => [...document.querySelectorAll("quorate-scene")].map((it) => it.frame !== null));
  const count = async () => (await state()).filter(Boolean).length;
  await page.evaluate(() => document.querySelectorAll("quorate-scene")[0].seek(2.5));
  await page.waitForFunction(() => {
    const frame = document.querySelectorAll("quorate-scene")[0].frame.contentDocument;
    return frame.querySelector("[role=slider]").getAttribute("aria-valuenow") === "2500";
  });
  for (const index of [1, 2, 3, 4, 5]) {
    const scroll = (it) => it.scrollIntoView({ block: "center" });
    await page.locator("quorate-scene").nth(index).evaluate(scroll);
    const isLive = (index) => document.querySelectorAll("quorate-scene")[index].frame?.className === "on";
    await page.waitForFunction(isLive, index);
    assert.ok((await count()) <= 4, `${await count()} are live`);
  }
  assert.equal((await state())[0], false, "the furthest one rests");
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForFunction(() => document.querySelectorAll("quorate-scene")[0].frame?.className === "on");
  await page.waitForFunction(() => {
    const frame = document.querySelectorAll("quorate-scene")[0].frame.contentDocument;
    return frame.querySelector("[role=slider]").getAttribute("aria-valuenow") === "2500";
  });
  assert.ok((await count()) <= 4);
  const wasm = site.served.filter((path) => path.endsWith(".wasm")).length;
  assert.ok(before === 1 && wasm === 1 || wasm - before === 0, `${wasm} downloads`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a figure out of view does not play on", async () => {
  const { page, context, faults } = await visit("/one.html");
  await live(page);
  await page.evaluate(() => {
    const end = document.body.appendChild(document.createElement("p"));
    end.style.marginTop = "4000px";
    end.id = "end";
  });
  await event(page, "state", "detail.playing", "play");
  await page.evaluate(() => document.querySelector("#end").scrollIntoView());
  const frame = await frameOf(page);
  const now = () => frame.locator("[role=slider]").getAttribute("aria-valuenow");
  let last;
  // It stops at some frame soon; then it stands.
  for (let same = 0; same < 3; ) {
    await page.waitForTimeout(400);
    const next = await now();
    same = next === last ? same + 1 : 0;
    last = next;
  }
  assert.notEqual(last, "6000", "it stopped before its end");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the theme follows the host: its tool, its ground, the system", async () => {
  const { page, context, faults } = await visit("/one.html", { colorScheme: "light" });
  await live(page);
  const frame = await frameOf(page);
  const becomes = (theme) =>
    frame.waitForFunction((theme) => document.documentElement.dataset.theme === theme, theme);
  await becomes("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await becomes("dark");
  await page.emulateMedia({ colorScheme: "light" });
  await becomes("light");
  for (const [where, name, dark, light] of [
    ["documentElement", "data-theme", "dark", "light"],
    ["documentElement", "class", "navy js", "light js"],
    ["documentElement", "class", "coal", "rust"],
    ["body", "data-theme", "dark", "light"],
    ["body", "data-md-color-scheme", "slate", "default"],
  ]) {
    for (const [value, theme] of [[dark, "dark"], [light, "light"]]) {
      const set = ([where, name, value]) => document[where].setAttribute(name, value);
      await page.evaluate(set, [where, name, value]);
      await becomes(theme);
    }
    await page.evaluate(([where, name]) => document[where].removeAttribute(name), [where, name]);
  }
  await page.evaluate(() => (document.body.style.backgroundColor = "#101418"));
  await page.evaluate(() => document.body.setAttribute("class", "x"));
  await becomes("dark");
  await page.evaluate(() => document.querySelector("#one").setAttribute("theme", "light"));
  await becomes("light");
  assert.deepEqual(faults, []);
  await context.close();
});

test("中文：a figure speaks the language of the page around it", async () => {
  const { page, context, faults } = await visit("/zh.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("slider", { name: "时间轴" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("only the parts asked for are shown, in the height asked for", async () => {
  const { page, context, faults } = await visit("/views.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("slider", { name: "Timeline" }).waitFor();
  assert.equal(await frame.locator(".caption").count(), 0);
  assert.equal(await frame.getByRole("link").count(), 0);
  assert.equal(await page.evaluate(() => document.querySelector("quorate-scene").frame.offsetHeight), 300);
  // No page could bear what may be asked for.
  const heights = await page.evaluate(() => ["1e9", "1"].map((height) => {
    const scene = document.querySelector("quorate-scene");
    scene.setAttribute("height", height);
    return scene.frame.offsetHeight;
  }));
  assert.deepEqual(heights, [4000, 48]);
  await page.evaluate(() => document.querySelector("quorate-scene").setAttribute("height", "300"));
  await page.evaluate(() => document.querySelector("quorate-scene").setAttribute("views", "sentence,text"));
  await frame.getByText("cluster raft nodes=5").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("a figure comes from a file; a file that is missing is said", async () => {
  const { page, context } = await visit("/src.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("button", { name: "Pause", exact: true }).waitFor();
  const note = page.locator("#gone").getByRole("status");
  await note.filter({ hasText: /could not be read: .*404/ }).waitFor();
  assert.equal(await note.getByRole("link").count(), 1);
  await context.close();
});

test("a scenario with a mistake shows where, and a moment that is none is refused", async () => {
  const { page, context, faults, warnings } = await visit("/wrong.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("alert").filter({ hasText: "cluster raft nods=5" }).waitFor();
  assert.ok(warnings.some((text) => /`seek` takes a time/.test(text)), warnings.join("\n"));
  assert.deepEqual(faults, []);
  await context.close();
});

test("without scripts the still is there, and before they run as well", async () => {
  const { page, context } = await visit("/still.html", { javaScriptEnabled: false });
  assert.ok(await page.getByRole("img", { name: "A still" }).isVisible());
  await context.close();
  const scripted = await visit("/still.html");
  await live(scripted.page);
  assert.ok(await scripted.page.locator("#still").isHidden(), "the live one takes its place");
  const frame = await frameOf(scripted.page);
  await stands(frame, 1200);
  // Where the engine does not come, the still stays.
  const broken = await browser.newContext();
  const other = await broken.newPage();
  await other.route("**/*.wasm", (route) => route.abort());
  await other.goto(`${site.origin}/still.html`);
  await other.waitForFunction(() => document.querySelector("quorate-scene").frame);
  assert.ok(await other.locator("#still").isVisible());
  assert.deepEqual(scripted.faults, []);
  await broken.close();
  await scripted.context.close();
});

test("sandboxed: with an origin it runs anywhere, without one where the files are shared", async () => {
  const { page, context } = await visit("/sandbox.html");
  await live(page, "#same");
  const alone = await frameOf(page, "#alone");
  await alone.getByRole("alert").waitFor();
  assert.match(await alone.getByRole("alert").textContent(), /could not be downloaded/);
  assert.ok(await page.locator("#alone pre").isVisible(), "the scenario stays readable");
  await context.close();
  const shared = await serve(PAGES, { shared: true });
  after(() => shared.close());
  const seen = await visit("/sandbox.html", { at: shared });
  await live(seen.page, "#alone");
  const frame = await frameOf(seen.page, "#alone");
  await frame.getByRole("slider", { name: "Timeline" }).waitFor();
  await seen.context.close();
});

test("hostile scenarios never become markup", async () => {
  const { page, context, faults } = await visit("/hostile.html");
  await live(page);
  const frame = await frameOf(page);
  await frame.getByRole("button", { name: "Scenario text" }).click();
  await frame.getByText("onerror=top.hacked=1").first().waitFor();
  assert.equal(await frame.locator("img, svg[onload], main script").count(), 0);
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  assert.deepEqual(faults, []);
  await context.close();
});

test("hostile messages are ignored, with a sentence", async () => {
  const { page, context, faults, warnings } = await visit("/spoof.html");
  await live(page);
  const frame = await frameOf(page);
  await stands(frame, 1200);
  const height = await page.evaluate(() => document.querySelector("#one").frame.offsetHeight);
  const stranger = page.frames().find((it) => it.url().endsWith("/stranger.html"));
  // Somebody else: to the figure, and to the host in the figure's name.
  await stranger.evaluate(() => {
    const { contentWindow } = parent.document.querySelector("#one").frame;
    contentWindow.postMessage({ quorate: 1, do: "seek", value: "5s" }, "*");
    parent.postMessage({ quorate: 1, tell: "height", height: 3000 }, "*");
  });
  // The host itself, with messages that are none.
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("#one").frame;
    const send = (data) => contentWindow.postMessage(data, "*");
    send({ quorate: 2, do: "play" });
    send({ quorate: 1 });
    send({ quorate: 1, do: 7 });
    send({ quorate: 1, do: "eval", value: "alert(1)" });
    send({ quorate: 1, do: "seek", value: { toString: 1 } });
    send({ quorate: 1, do: "load", value: "x".repeat(200_000) });
    send({ quorate: 1, do: "lang", value: "x".repeat(200_000) });
    send("quorate");
    send(null);
    send([1, 2, 3]);
    send({ quorate: 1, do: "seek", value: "2s" });
  });
  await stands(frame, 2000);
  // The figure itself, gone bad.
  await frame.evaluate(() => {
    parent.postMessage({ quorate: 1, tell: "height", height: NaN }, "*");
    parent.postMessage({ quorate: 1, tell: "height", height: "<b>" }, "*");
    parent.postMessage({ quorate: 1, tell: "navigate", to: "/" }, "*");
    parent.postMessage({ quorate: 9, tell: "height", height: 9 }, "*");
  });
  const said = (pattern) => warnings.some((text) => pattern.test(text));
  for (let i = 0; i < 100 && !said(/another version/); i++) await page.waitForTimeout(50);
  for (const pattern of [
    /not from a figure/, /names no fact/, /malformed: height/, /another version/,
    /names no command/, /not of version 1/, /too long/,
  ]) {
    assert.ok(said(pattern), `${pattern} in\n${warnings.join("\n")}`);
  }
  assert.equal(await page.evaluate(() => document.querySelector("#one").frame.offsetHeight), height);
  assert.equal(await page.evaluate(() => location.pathname), "/spoof.html");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the page with two figures shows how it is done", async () => {
  const { page, context, faults } = await visit("/some/where/quorate/embed-demo.html");
  await live(page);
  await page.locator("quorate-scene").nth(1).scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelectorAll("quorate-scene")[1].frame?.className === "on");
  assert.deepEqual(faults, []);
  await context.close();
});

const BOOK = fileURLToPath(new URL("../../target/book/", import.meta.url));
const CHAPTERS = ["why", "raft/election", "raft/crash", "raft/partition", "balance/choices"];
const built = { skip: existsSync(BOOK + "why.html") ? false : "no target/book: `cargo xtask book`" };

/** Everything that mdBook wrote, beside the playground of this build. */
async function bookshelf() {
  const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
  const pages = {};
  for (const entry of await readdir(BOOK, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(BOOK, path).replaceAll("\\", "/");
    if (!entry.isFile() || name.startsWith("quorate/")) continue;
    pages[`/some/where/${name}`] = { body: await readFile(path), type: types[extname(name)] ?? "application/octet-stream" };
  }
  return pages;
}

for (const colorScheme of ["light", "dark"]) {
  test(`the sample book, as mdBook has built it, comes alive (${colorScheme})`, built, async (t) => {
    const book = await serve(await bookshelf());
    t.after(() => book.close());
    let figures = 0;
    for (const chapter of CHAPTERS) {
      const path = `/some/where/${chapter}.html`;
      const { page, context, faults } = await open(browser, book, { path, colorScheme });
      const count = await page.locator("quorate-scene").count();
      for (let one = 0; one < count; one += 1) {
        await page.locator("quorate-scene").nth(one).scrollIntoViewIfNeeded();
        await page.waitForFunction((one) => document.querySelectorAll("quorate-scene")[one].frame?.className === "on", one);
      }
      figures += count;
      const themes = await Promise.all(page.frames().slice(1).map((frame) =>
        frame.evaluate(() => document.documentElement.dataset.theme)));
      assert.ok(themes.every((theme) => theme === colorScheme), `${chapter}: ${themes}`);
      assert.deepEqual(faults, [], chapter);
      await context.close();
    }
    assert.equal(figures, 5, "every figure of the book");
  });
}

test("figures of the sample book follow its theme", built, async (t) => {
  const book = await serve(await bookshelf());
  t.after(() => book.close());
  const { page, context } = await visit("/some/where/raft/election.html", { at: book });
  await page.locator("quorate-scene").first().scrollIntoViewIfNeeded();
  await live(page);
  const frame = await frameOf(page);
  await stands(frame, 318);
  assert.ok(await page.locator("svg.quorate-still").first().isHidden());
  for (const [theme, expected] of [["coal", "dark"], ["light", "light"]]) {
    await page.evaluate((theme) => (document.documentElement.className = theme), theme);
    await frame.waitForFunction((it) => document.documentElement.dataset.theme === it, expected);
    const ink = await page.evaluate(() =>
      getComputedStyle(document.querySelector(".quorate-still")).getPropertyValue("--ink"));
    assert.equal(ink, expected === "dark" ? "#EAEEF2" : "#1A1E24", "the still follows as well");
  }
  await context.close();
});
