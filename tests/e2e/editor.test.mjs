// The scenario's editor, sharing and embedding it, and files in and out.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { AXE, open } from "./harness.mjs";
import { browser, journey, site } from "./journey.mjs";
import { CRASH, QUIET, computed, editor, pause, playhead, run, timeline, until } from "./visitor.mjs";

/** What axe finds wrong, in a form one can act on. */
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

const offers = (page) => page.getByRole("listbox", { name: "Suggestions" });
const chosen = (page) => offers(page).getByRole("option", { selected: true });

/** Waits until the text is this one. */
async function reads(page, text) {
  await page.waitForFunction(
    (wanted) => document.querySelector(".code-field").value === wanted,
    text,
    { timeout: 10_000 },
  ).catch(async () => assert.equal(await editor(page).inputValue(), text));
}

/** Replaces the text and puts the caret at its end. */
async function write(page, text) {
  await editor(page).fill(text);
  await editor(page).press("Control+End");
}

/** Drops a file on the page, as a hand would. */
async function drop(page, name, body) {
  const base64 = Buffer.from(body).toString("base64");
  const data = await page.evaluateHandle(
    ([name, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name));
      return data;
    },
    [name, base64],
  );
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

/** What a button of the export dialog offers as a file. */
async function exported(page, name) {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name }).click();
  const download = await coming;
  const body = await readFile(await download.path());
  await page.keyboard.press("Escape");
  return { name: download.suggestedFilename(), body };
}

const notice = (page) => page.locator(".toast");

journey("words are completed from the keyboard, and Tab is free", {}, async (page) => {
  await write(page, "cluster raft nodes=5\n");
  await page.keyboard.type("at 1s cra");
  await offers(page).waitFor();
  assert.match(await chosen(page).innerText(), /^crash/);
  assert.deepEqual(await barriers(page), [], "with the list open");
  await page.keyboard.press("Enter");
  await reads(page, "cluster raft nodes=5\nat 1s crash ");
  // Whom it strikes is offered at once.
  await offers(page).waitFor();
  assert.match(await chosen(page).innerText(), /^leader/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  await reads(page, "cluster raft nodes=5\nat 1s crash leader");
  await offers(page).waitFor({ state: "hidden" });
  // A whole word is no reason to hold the Enter key.
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Space");
  await offers(page).waitFor();
  await page.keyboard.press("Escape");
  await offers(page).waitFor({ state: "hidden" });
  await reads(page, "cluster raft nodes=5\nat 1s crash leader\n");
  await page.keyboard.press("Tab");
  assert.ok(!(await editor(page).evaluate((field) => field === document.activeElement)));
  // What was taken is undone like what was typed.
  await editor(page).focus();
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => !document.querySelector(".code-field").value.endsWith("leader\n"));
});

journey("settings come with their range, and words with their meaning", {}, async (page) => {
  await write(page, "cluster raft el");
  await page.keyboard.press("Control+Space");
  await offers(page).waitFor();
  await page.getByText("when silent").first().waitFor();
  await page.keyboard.press("Escape");
  await write(page, "cluster raft\nat 1s crash leader");
  const help = page.locator(".word-help");
  await page.keyboard.press("Control+i");
  await help.getByText("Who leads the latest term").waitFor();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  // The pointer rests on `crash`, the third word of the second line.
  const box = await editor(page).boundingBox();
  const cell = await page.locator(".code-ruler").evaluate((e) => e.getBoundingClientRect().width / 100);
  await page.mouse.move(box.x + cell * 8.5, box.y + 33);
  await help.getByText("crash WHOM").waitFor();
  await page.mouse.move(box.x + cell * 40, box.y + 200);
  await help.waitFor({ state: "hidden" });
});

journey("a problem is mended by a button and by a key", {}, async (page) => {
  await write(page, "cluster raft nodes=5\nat 1s crahs n1\nrun 2s\n");
  await page.getByRole("button", { name: "Use this instead: crash" }).click();
  await reads(page, "cluster raft nodes=5\nat 1s crash n1\nrun 2s\n");
  await page.keyboard.press("Control+z");
  await reads(page, "cluster raft nodes=5\nat 1s crahs n1\nrun 2s\n");
  await page.keyboard.press("Control+.");
  await reads(page, "cluster raft nodes=5\nat 1s crash n1\nrun 2s\n");
  await write(page, "cluster raft\nat 400 heal\nrun 2s\n");
  await page.getByRole("button", { name: "Use this instead: 400ms" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Use this instead: 400s" }).count(), 1);
});

journey("the text is tidied and commented, and both can be taken back", {}, async (page) => {
  const messy = "cluster   raft nodes=5  # five\n\n\nat 1000ms  heal\nat 12s crash n1\nrun 20s\n";
  const tidy = "cluster raft nodes=5  # five\n\nat 1s  heal\nat 12s crash n1\nrun 20s\n";
  await write(page, messy);
  await page.keyboard.press("Shift+Alt+KeyF");
  await reads(page, tidy);
  await page.keyboard.press("Control+z");
  await reads(page, messy);
  await page.getByRole("button", { name: "Tidy the text" }).click();
  await reads(page, tidy);
  await editor(page).press("Control+Home");
  for (let line = 0; line < 3; line += 1) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+/");
  await reads(page, tidy.replace("at 12s", "# at 12s"));
  await page.keyboard.press("Control+/");
  await reads(page, tidy);
});

journey("the caret's line and the playhead point at each other", {}, async (page) => {
  await run(page, CRASH);
  await editor(page).press("Control+Home");
  for (let line = 0; line < 3; line += 1) await page.keyboard.press("ArrowDown");
  await page.locator(".caret-mark").waitFor({ state: "attached" });
  await page.keyboard.press("Alt+Enter");
  await until(page, ({ ms }) => ms === 1500, "at the line's instant");
  assert.match(await page.locator(".line-current").innerText(), /crash leader/);
  await page.keyboard.press("Control+Home");
  await page.locator(".caret-mark").waitFor({ state: "detached" });
  assert.ok(await page.getByRole("button", { name: "Go to the instant of this line" }).isDisabled());
});

for (const [button, ending] of [["Picture (SVG)", ".svg"], ["Picture (PNG)", ".png"]]) {
  journey(`${button} carries the scenario to the same moment`, {}, async (page) => {
    await run(page, CRASH);
    await editor(page).press("Control+Home");
    for (let line = 0; line < 3; line += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Alt+Enter");
    const { ms, event } = await until(page, ({ ms }) => ms === 1500, "the moment");
    const { name, body } = await exported(page, button);
    assert.ok(name.endsWith(ending) && body.length > 2_000, `${name}: ${body.length} bytes`);
    await editor(page).fill(QUIET);
    await drop(page, name, body);
    await reads(page, CRASH);
    const seen = await until(page, (seen) => seen.ms === ms, "the same moment");
    assert.equal(seen.event, event);
    // What was there before is one step away.
    await notice(page).getByRole("button", { name: "Undo" }).click();
    await reads(page, QUIET);
  });
}

journey("a trace is run again, and a change in it is found", {}, async (page) => {
  await run(page, CRASH);
  await computed(page);
  const { name, body } = await exported(page, "Trace (JSON)");
  const trace = body.toString();
  assert.equal(JSON.parse(trace).text, CRASH);
  await editor(page).fill(QUIET);
  await drop(page, name, body);
  await reads(page, CRASH);
  await notice(page).getByText(/all [\d\s]+ events are as the trace says/).waitFor();
  const row = trace.split("\n").find((line) => line.startsWith("[60,"));
  const bent = trace.replace(row, row.replace(/"[0-9a-f]{16}"/, '"0123456789abcdef"'));
  await drop(page, name, bent);
  await notice(page).getByText(/Event 60 at .* differs/).waitFor();
  await notice(page).getByRole("button", { name: "Go to event 60" }).click();
  await until(page, ({ event }) => event === 60, "the event that differs");
  await drop(page, name, trace.slice(0, trace.length / 2));
  await notice(page).getByText(/cut off at line \d+/).waitFor();
});

journey("a file that holds nothing changes nothing", {}, async (page) => {
  await run(page, QUIET);
  for (const [name, body, says] of [
    ["letter.txt", "Dear all,\nthe cluster is down", /no line begins with cluster or balance/],
    ["photo.png", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0", "latin1"), /damaged at byte 8/],
    ["drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", /no scenario in this picture/],
    ["package.json", '{"name":"other"}', /damaged at line 1/],
    ["sound.bin", Buffer.from([0xff, 0xfb, 0x90]), /neither text nor a picture/],
    ["empty", "", /empty/],
  ]) {
    await drop(page, name, body);
    await notice(page).getByText(says).waitFor();
    assert.equal(await editor(page).inputValue(), QUIET, name);
  }
  // And by the button, for hands that cannot drag.
  await page.getByRole("button", { name: "Export", exact: true }).click();
  assert.deepEqual(await barriers(page), [], "with the dialog open");
  await page.getByLabel("Open a file").setInputFiles({
    name: "own.quorate",
    mimeType: "text/plain",
    buffer: Buffer.from(CRASH),
  });
  await reads(page, CRASH);
});

journey("a figure is chosen and seen before it is pasted", {}, async (page) => {
  await run(page, CRASH);
  await page.getByRole("button", { name: "Embed", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const code = dialog.getByRole("textbox", { name: "Embed this scenario" });
  assert.match(await code.inputValue(), /^<iframe src="http.*\?embed#s=/);
  const preview = page.frameLocator(".embed-preview");
  await preview.getByRole("button", { name: "Pause", exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Dark" }).click();
  await dialog.getByRole("button", { name: "中文" }).click();
  await preview.getByRole("button", { name: "暂停", exact: true }).waitFor();
  await dialog.getByLabel("Paste into").selectOption("mdBook");
  assert.match(await code.inputValue(), /^```quorate,height=460,theme=dark,lang=zh,autoplay\n# The/);
  await dialog.getByLabel("Height in pixels").fill("320");
  await page.keyboard.press("Tab");
  await dialog.locator(".embed-preview[height='320']").waitFor();
  await dialog.getByLabel("Paste into").selectOption("Web component");
  assert.match(await code.inputValue(), /<quorate-scene height="320" theme="dark" lang="zh" autoplay><pre>/);
  assert.deepEqual(await barriers(page), [], "with the dialog open");
});

test("what is written while it plays is kept, and what is left unwritten is on leaving", async () => {
  const { page, context, faults } = await open(browser, site, { hash: "#g=raft/first-election" });
  const playing = page.getByRole("button", { name: "Pause", exact: true });
  await playing.waitFor();
  await editor(page).fill(CRASH);
  await page.waitForTimeout(1500);
  assert.ok(await playing.isVisible(), "it still plays");
  await page.reload();
  await reads(page, CRASH);
  await editor(page).fill(QUIET);
  await page.goto("about:blank");
  await page.goto(site.url);
  await page.getByRole("button", { name: "Restore it" }).click();
  await reads(page, QUIET);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without storage it says so, and after a crash the text is there", async () => {
  const { page, context, faults } = await open(browser, site, { hash: "#g=raft/first-election" });
  await timeline(page).waitFor();
  await page.evaluate((text) => localStorage.setItem("quorate.crash", text), CRASH);
  await page.reload();
  await timeline(page).waitFor();
  await notice(page).getByText("The page failed while this text was open").waitFor();
  await notice(page).getByRole("button", { name: "Restore it" }).click();
  await reads(page, CRASH);
  assert.equal(await page.evaluate(() => localStorage.getItem("quorate.crash")), "");
  await context.close();
  const shut = await browser.newContext({ locale: "en-US" });
  await shut.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  const closed = await shut.newPage();
  closed.on("pageerror", (error) => faults.push(error.message));
  await closed.goto(site.url);
  await closed.getByRole("button", { name: "Pause", exact: true }).click();
  await closed.getByText("this browser keeps nothing; the link holds the text").waitFor();
  assert.deepEqual(faults, []);
  await shut.close();
});

test("in Chinese, what is offered and explained is Chinese", async () => {
  const { page, context, faults } = await open(browser, site, { locale: "zh-CN" });
  const field = page.getByRole("textbox", { name: "剧本文本" });
  await field.fill("cluster raft\nat 1s ");
  await field.press("Control+End");
  await field.press("Control+Space");
  await page.getByRole("listbox", { name: "补全建议" }).waitFor();
  const words = await page.getByRole("option").allInnerTexts();
  assert.ok(words.every((word) => /[\u4e00-\u9fff]/.test(word)), words.join("; "));
  assert.deepEqual(faults, []);
  await context.close();
});

journey("a phone has room for the list", {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
}, async (page) => {
  await pause(page);
  await page.getByRole("button", { name: "Scenario", exact: true }).click();
  await write(page, "cluster raft nodes=5\n");
  await page.keyboard.type("at 1s ");
  await page.keyboard.press("Control+Space");
  await offers(page).waitFor();
  const option = offers(page).getByRole("option").nth(1);
  const box = await option.boundingBox();
  assert.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
  await option.click();
  await page.waitForFunction(() => /at 1s \w+/.test(document.querySelector(".code-field").value));
  assert.ok((await playhead(page)).events >= 0);
});
