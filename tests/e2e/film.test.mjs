// A film of the scene: recorded while it plays, seen while it is, saved as a file that plays.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AXE } from "./harness.mjs";
import { journey, pages, site } from "./journey.mjs";
import { CRASH, QUIET, editor, pause, playback, playhead, run, seek, until } from "./visitor.mjs";

const PLAYER = "/player.html";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** What an election and a few entries need, at any pace. */
const SHORT = CRASH.replace("run 6s", "run 2s").replace(/at (2.5|4)s.*\n/g, "");

pages[PLAYER] = "<!doctype html><title>Player</title><video muted></video>";

const ZH = { film: "影片（WebM）", out: "导出", stop: "停止并保存" };
const EN = { film: "Film (WebM)", out: "Export", stop: "Stop and save" };
const bar = (page, { film } = EN) => page.getByRole("group", { name: film });

/** Asks for a film, and waits until it is recorded. */
async function begin(page, words = EN) {
  const out = page.getByRole("button", { name: words.out, exact: true });
  if (!(await out.isVisible())) await page.locator(".top-more").click();
  await out.click();
  await page.getByRole("dialog").getByRole("button", { name: words.film }).click();
}

/** Recorded for so many seconds. */
async function filmed(page, seconds, words = EN) {
  const time = bar(page, words).getByRole("timer");
  await time.waitFor();
  await page.waitForFunction(
    ([time, seconds]) => Number(/:(\d+)/.exec(time.textContent)[1]) >= seconds,
    [await time.elementHandle(), seconds],
  );
}

/** The file that comes of what `act` does. */
async function taken(page, act) {
  const coming = page.waitForEvent("download", { timeout: 60_000 });
  await act();
  const download = await coming;
  return { name: download.suggestedFilename(), body: await readFile(await download.path()) };
}

/**
 * What a player shows of a film: its length, its size, whether it can be moved about in, and at each
 * share of it the colours of some points: of the sentence's ground, of the scene, of the time below.
 */
async function played(context, body, shares) {
  const page = await context.newPage();
  await page.goto(site.origin + PLAYER);
  const seen = await page.evaluate(async ([base64, shares]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const video = document.querySelector("video");
    const heard = (kind) => new Promise((done, fail) => {
      video.addEventListener(kind, done, { once: true });
      video.addEventListener("error", () => fail(new Error(video.error.message)), { once: true });
    });
    const loaded = heard("loadeddata");
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
    await loaded;
    const [width, height] = [video.videoWidth, video.videoHeight];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const frames = [];
    for (const share of shares) {
      const there = heard("seeked");
      video.currentTime = video.duration * share;
      await there;
      context.drawImage(video, 0, 0);
      // Every fourth point of every fourth line.
      const part = (x, y, w, h) => {
        const { data } = context.getImageData(x, y, w, h);
        return [...Array((h >> 2) * (w >> 2)).keys()].map((at) =>
          data[((Math.trunc(at / (w >> 2)) * w + (at % (w >> 2))) * 4) << 2]);
      };
      const ground = [...context.getImageData(4, 4, 1, 1).data];
      frames.push({ ground, scene: part(0, 80, width, height - 160), foot: part(0, height - 60, 240, 56) });
    }
    return { duration: video.duration, width, height, at: video.currentTime, frames };
  }, [body.toString("base64"), shares]);
  await page.close();
  return seen;
}

/** How many points of two parts differ by more than a codec's noise. */
const changed = (one, two) => one.filter((value, at) => Math.abs(value - two[at]) > 48).length;
const bright = ([red, green, blue]) => red + green + blue > 384;

journey("a film of a whole run ends with it and plays", { colorScheme: "dark" }, async (page, context) => {
  await run(page, SHORT);
  const { name, body } = await taken(page, () => begin(page));
  assert.equal(name, "the-leader-crashes-film.webm");
  await page.getByRole("status").filter({ hasText: `Film saved: ${name}` }).waitFor();
  await bar(page).waitFor({ state: "detached" });
  const { ms } = await playhead(page);
  assert.equal(ms, 2000, "the run is at its end");
  const { duration, width, height, at, frames } = await played(context, body, [0.02, 0.4, 0.98]);
  assert.deepEqual([width, height], [1280, 720]);
  assert.ok(duration > 2 && duration < 60, `${duration} s`);
  assert.ok(at > duration * 0.9, "a player finds its end");
  const [first, middle, last] = frames;
  assert.ok(!bright(first.ground), "the theme on screen");
  assert.ok(changed(first.scene, middle.scene) > 20, "the scene moves");
  assert.ok(changed(middle.foot, last.foot) > 3, "so does the clock");
});

journey("recorded by keyboard alone, from the playhead, until the button is pressed", {}, async (page, context) => {
  await run(page, QUIET);
  await seek(page, 0.5);
  await pause(page);
  const from = (await playhead(page)).ms;
  await page.getByRole("button", { name: "Export", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Film (WebM)" }).focus();
  await page.keyboard.press("Enter");
  await bar(page).getByRole("status").filter({ hasText: "Recording a film" }).waitFor();
  await filmed(page, 2);
  assert.ok((await playhead(page)).ms > from, "it plays by itself");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Stop and save");
  const { name, body } = await taken(page, () => page.keyboard.press("Enter"));
  assert.match(name, /-film\.webm$/);
  await page.getByRole("status").filter({ hasText: "Film saved" }).waitFor();
  await bar(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "scene", "the keys stay useful");
  const { duration } = await played(context, body, [0.5]);
  assert.ok(duration > 1.5 && duration < 10, `${duration} s`);
});

journey("a run that stands still is not filmed, and one that plays on is", {}, async (page, context) => {
  await run(page, QUIET);
  await begin(page);
  await filmed(page, 1);
  await pause(page);
  await bar(page).getByRole("status").filter({ hasText: "waits" }).waitFor();
  const time = () => bar(page).getByRole("timer").textContent();
  const stood = await time();
  await page.waitForTimeout(2500);
  assert.equal(await time(), stood);
  await playback(page).getByRole("button", { name: "Play", exact: true }).click();
  await bar(page).getByRole("status").filter({ hasText: "Recording" }).waitFor();
  await filmed(page, 3);
  const stop = bar(page).getByRole("button", { name: "Stop and save" });
  const { body } = await taken(page, () => stop.click());
  const { duration } = await played(context, body, [0.5]);
  assert.ok(duration > 2 && duration < 7, `${duration} s without the wait`);
});

journey("another theme, language and scenario are in the film from then on", {}, async (page, context) => {
  await run(page, QUIET);
  await begin(page);
  await filmed(page, 2);
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("button", { name: /^Theme: light/i }).click();
  await page.getByRole("button", { name: "中文" }).click();
  await page.locator("textarea").fill("cluster paxos nodes=3 seed=1\nrun 30s\n");
  await filmed(page, 5, ZH);
  const { body } = await taken(page, () => bar(page, ZH).getByRole("button", { name: ZH.stop }).click());
  await page.getByRole("status").filter({ hasText: "影片已保存" }).waitFor();
  const { frames } = await played(context, body, [0.02, 0.95]);
  assert.deepEqual(frames.map(({ ground }) => bright(ground)), [true, false]);
});

const MISSING = {
  "no recorder": () => delete globalThis.MediaRecorder,
  "no kind of film": () => (MediaRecorder.isTypeSupported = () => false),
  "a recorder that throws": () => (MediaRecorder.prototype.start = () => { throw new Error("no"); }),
  "no stream of a canvas": () => delete HTMLCanvasElement.prototype.captureStream,
  "no canvas": () => (HTMLCanvasElement.prototype.getContext = () => null),
};

for (const [what, take] of Object.entries(MISSING)) {
  journey(`with ${what} a sentence offers a picture`, {}, async (page) => {
    await run(page, CRASH);
    await seek(page, 0.4);
    await pause(page);
    const before = await playhead(page);
    await page.evaluate(`(${take})()`);
    await begin(page);
    const notice = page.getByRole("status").filter({ hasText: "This browser cannot record a film" });
    await notice.waitFor();
    assert.equal(await bar(page).count(), 0);
    const { name } = await taken(page, () => notice.getByRole("button", { name: "Picture (SVG)" }).click());
    assert.equal(name, "the-leader-crashes-scene.svg");
    assert.deepEqual(await playhead(page), before);
    assert.equal(await editor(page).inputValue(), CRASH);
  });
}

journey("a recorder that breaks off saves what it has", {}, async (page, context) => {
  await page.evaluate(() => {
    const { start } = MediaRecorder.prototype;
    MediaRecorder.prototype.start = function (...words) {
      globalThis.broken = this;
      return start.apply(this, words);
    };
  });
  await run(page, QUIET);
  await begin(page);
  await filmed(page, 2);
  const { body } = await taken(page, () => page.evaluate(() => globalThis.broken.dispatchEvent(new Event("error"))));
  await bar(page).waitFor({ state: "detached" });
  const { duration } = await played(context, body, [0.5]);
  assert.ok(duration > 1, `${duration} s`);
});

for (const [what, words, options] of [
  ["light", EN, {}],
  ["dark, in Chinese", ZH, { colorScheme: "dark", locale: "zh-CN" }],
  ["a phone", EN, PHONE],
]) {
  journey(`no barrier while a film is recorded (${what})`, options, async (page) => {
    await begin(page, words);
    await filmed(page, 1, words);
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]), []);
    const stop = bar(page, words).getByRole("button", { name: words.stop });
    const { width, height } = await stop.boundingBox();
    if (options === PHONE) assert.ok(width >= 44 && height >= 44, `${width} by ${height}`);
    const { name } = await taken(page, () => stop.click());
    assert.match(name, /-film\.webm$/);
  });
}

journey("where motion is not wanted a film goes step by step", { reducedMotion: "reduce" }, async (page, context) => {
  await run(page, CRASH);
  await begin(page);
  await filmed(page, 3);
  const { event } = await until(page, ({ event }) => event > 0, "it steps by itself");
  assert.ok(event < 40, "calmly");
  const stop = bar(page).getByRole("button", { name: "Stop and save" });
  const { body } = await taken(page, () => stop.click());
  const { duration, frames } = await played(context, body, [0.02, 0.95]);
  assert.ok(duration > 2, `${duration} s`);
  assert.ok(changed(frames[0].foot, frames[1].foot) > 3, "steps are seen");
});
