// A program uses the npm package: in Node.js, in a page, in TypeScript. The examples of docs/api.md
// are among what is run. `cargo xtask npm` builds the package.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, open, serve } from "./harness.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PACKAGE = join(ROOT, "target", "npm");
const TEXT = "cluster raft nodes=5 seed=7 network=wan\nat 1s request put y=3\nat 1.5s crash leader\nrun 3s\n" +
  "expect one leader per term\n";

/** Where the package is installed from its tarball, as anybody would. */
let home;
let quorate;

/** The fenced blocks of a language in docs/api.md. */
function examples(language) {
  const page = readFileSync(join(ROOT, "docs/api.md"), "utf8");
  const blocks = page.matchAll(new RegExp("^```" + language + "\\n([^]*?)^```$", "gm"));
  return [...blocks].map(([, code]) => code);
}

before(async () => {
  assert.ok(existsSync(join(PACKAGE, "quorate.js")), "run `cargo xtask npm` first");
  mkdirSync(join(ROOT, "target", "tmp"), { recursive: true });
  home = mkdtempSync(join(ROOT, "target", "tmp", "npm-"));
  writeFileSync(join(home, "package.json"), '{"name":"somebody","private":true,"type":"module"}');
  const npm = (words, cwd) =>
    execFileSync("npm", words, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  const [packed] = JSON.parse(npm(["pack", "--json", "--pack-destination", home], PACKAGE));
  npm(["install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`], home);
  quorate = await import(join(home, "node_modules/quorate/node.js"));
});

after(() => {
  if (home) rmSync(home, { recursive: true, force: true });
});

test("the package holds what it needs and names no host", () => {
  const inside = join(home, "node_modules/quorate");
  for (const name of ["quorate.d.ts", "quorate_bg.wasm", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.ok(existsSync(join(inside, name)), name);
  }
  const about = JSON.parse(readFileSync(join(inside, "package.json"), "utf8"));
  assert.equal(about.name, "quorate");
  assert.equal(about.version, quorate.version());
  assert.equal(about.publishConfig, undefined);
  assert.equal(about.dependencies, undefined);
});

for (const [index, code] of examples("js").entries()) {
  test(`example ${index + 1} of docs/api.md prints what it says`, () => {
    const file = join(home, `example-${index}.mjs`);
    writeFileSync(file, code);
    const ran = spawnSync(process.execPath, [file], { encoding: "utf8" });
    assert.equal(ran.status, 0, ran.stderr);
    const wanted = [...code.matchAll(/^\s*\/\/ prints: (.*)$/gm)].map(([, line]) => line);
    assert.ok(wanted.length > 0, "an example without a result proves nothing");
    assert.deepEqual(ran.stdout.trimEnd().split("\n"), wanted);
  });
}

test("the example of the package's own page prints what it says", () => {
  const [, code] = /^```js\n([^]*?)^```$/m.exec(readFileSync(join(PACKAGE, "README.md"), "utf8"));
  const file = join(home, "readme.mjs");
  writeFileSync(file, code);
  const ran = spawnSync(process.execPath, [file], { encoding: "utf8" });
  assert.equal(ran.stdout.trimEnd(), /prints: (.*)$/m.exec(code)[1], ran.stderr);
});

test("the TypeScript example compiles against the package's types", (t) => {
  const require = createRequire(import.meta.url);
  const compiler = require.resolve("typescript/lib/tsc.js");
  for (const [index, code] of examples("ts").entries()) {
    writeFileSync(join(home, `example-${index}.ts`), code);
  }
  const options = { module: "nodenext", target: "es2022", strict: true, noEmit: true, types: [] };
  const config = { compilerOptions: options, include: ["*.ts"] };
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify(config));
  const ran = spawnSync(process.execPath, [compiler, "-p", home], { encoding: "utf8" });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  t.diagnostic(`${examples("ts").length} example(s)`);
});

test("what a listener throws comes out of the call, and the others hear everything", () => {
  const scene = new quorate.Scene(TEXT);
  const heard = [];
  scene.on("event", ({ event }) => {
    if (event === 3) throw new TypeError("enough");
  });
  scene.on("event", ({ event }) => heard.push(event));
  assert.throws(() => scene.step(5), { name: "TypeError", message: "enough" });
  assert.deepEqual(heard, [1, 2, 3, 4, 5]);
  assert.equal(scene.event, 5, "the scene has moved nevertheless");
  scene.free();
});

test("a listener may move the scene, end itself, and listen anew", () => {
  const scene = new quorate.Scene(TEXT);
  const heard = [];
  const stop = scene.on("fact", ({ fact, event }) => {
    heard.push([fact, event]);
    stop();
    scene.step(1);
    scene.on("end", () => heard.push("end"));
  });
  scene.seek(1000);
  const { length } = heard;
  assert.equal(length, 1);
  scene.seek(Infinity);
  assert.equal(heard.at(-1), "end");
  scene.free();
});

test("a search is judged in one line, and its counterexample runs", async () => {
  const text = "cluster flawed-raft nodes=3 flaw=votes-twice\nexplore timers=2\nexpect one leader per term\n";
  const slices = [];
  const found = await quorate.explore(text, { onProgress: (progress, seconds) => slices.push([progress, seconds]) });
  assert.equal(found.checks[0].verdict, "violated");
  assert.match(found.checks[0].because_zh, /[一-龥]/);
  assert.equal(found.defect, null);
  assert.equal(quorate.run(found.counterexample).checks[0].verdict, "violated");
  const [last, seconds] = slices.at(-1);
  assert.deepEqual([last.unique, last.over], [found.unique, true]);
  assert.equal(seconds, found.seconds);
  const raft = text.replace("flawed-raft nodes=3 flaw=votes-twice", "raft nodes=3");
  const sound = await quorate.explore(raft);
  assert.deepEqual([sound.checks[0].verdict, sound.complete, sound.counterexample], ["holds", true, null]);
  // Levels of the whole graph are known of the whole graph.
  const counts = [];
  const whole = await quorate.explore(raft, { reduction: false, onProgress: ({ unique }) => counts.push(unique) });
  assert.deepEqual(counts, [...counts].sort((one, other) => one - other), "it never goes back");
  assert.deepEqual([whole.checks[0].verdict, whole.complete], ["holds", true]);
  assert.ok(sound.unique < whole.unique && sound.diameter === null && whole.diameter > 1);
  assert.ok(whole.frontier === 0 && whole.collision < 1e-20);
});

test("every order of a search counts the same, and a ceiling says what was covered", async () => {
  const spec = "spec=two-phase rms=4";
  const whole = await quorate.explore(spec);
  for (const order of ["depth", "deepening"]) {
    assert.equal((await quorate.explore(spec, { order })).unique, whole.unique, order);
  }
  assert.equal((await quorate.explore(spec, { exact: true })).collision, 0);
  const alike = await quorate.explore(spec, { symmetry: true });
  assert.ok(alike.complete && alike.unique < whole.unique && alike.diameter === whole.diameter);
  assert.equal((await quorate.explore(spec, { symmetry: false })).unique, whole.unique);
  const raft = "cluster raft nodes=3\nexplore timers=1";
  const [one, all] = [await quorate.explore(raft, { symmetry: true }), await quorate.explore(raft)];
  assert.deepEqual([one.alike, all.alike], [[[1, 2, 3]], null]);
  assert.ok(one.complete && one.unique * 2 < all.unique);
  const less = await quorate.explore(spec, { maxDepth: 4 });
  assert.ok(less.unique < whole.unique && less.diameter === null);
  const large = "spec=paxos-register servers=3 clients=3";
  const small = await quorate.explore(large, { maxMemory: 3 });
  assert.ok(!small.complete && small.bytes <= 3e6 && small.unique > 100, `${small.bytes} bytes`);
  const brief = await quorate.explore(large, { maxSeconds: 0.05 });
  assert.ok(!brief.complete && brief.frontier > 0);
});

test("a search leaves its thread free, is given up, and refuses what it does not understand", async () => {
  const large = "spec=paxos-register servers=3 clients=3";
  let ticks = 0;
  const clock = setInterval(() => (ticks += 1), 5);
  await quorate.explore(large, { maxSeconds: 0.5 });
  clearInterval(clock);
  assert.ok(ticks > 5, `${ticks} ticks while it ran`);
  const gone = AbortSignal.abort(new Error("enough"));
  await assert.rejects(quorate.explore(large, { signal: gone }), { message: "enough" });
  const thrown = quorate.explore(large, {
    onProgress() {
      throw new RangeError("mine");
    },
  });
  await assert.rejects(thrown, { name: "RangeError", message: "mine" });
  await assert.rejects(quorate.explore("cluster raft nodes=0"), { name: "ScenarioError" });
  await assert.rejects(quorate.explore("cluster raft nodes=3\nrun 1s"), /explore requests=2/);
  await assert.rejects(quorate.explore("spec=paxos acceptors=900"), /acceptors/);
  await assert.rejects(quorate.explore(large, { maxState: 5 }), /maxState.*maxStates/);
  await assert.rejects(quorate.explore(large, { order: "wide" }), /wide/);
  await assert.rejects(quorate.explore(large, { signal: 5 }), /AbortSignal/);
  await assert.rejects(quorate.explore(large, { onProgress: 5 }), /function/);
  await assert.rejects(quorate.explore(large, { maxSeconds: -1 }), /seconds/);
});

test("what is asked wrongly is refused with words", () => {
  const scene = new quorate.Scene(TEXT);
  assert.throws(() => scene.on("crash", () => {}), /tells no "crash"; it tells event, sent/);
  assert.throws(() => scene.seek(Number.NaN), /number of milliseconds/);
  assert.throws(() => scene.draw({ width: 5 }), /320 to 2000/);
  assert.throws(() => scene.draw({ theme: "blue" }), /theme|variant|blue/);
  assert.throws(() => quorate.draw(TEXT, { at: "soon" }), /such as "1.2s"/);
  assert.throws(() => quorate.draw(TEXT, { at: -1 }), /milliseconds/);
  assert.throws(() => quorate.draw(TEXT, { at: "9s" }), /over at/);
  assert.throws(() => quorate.run(TEXT, { seed: -1 }));
  for (const make of [quorate.run, quorate.draw, (text) => new quorate.Scene(text), (text) => new quorate.World(text)]) {
    assert.throws(() => make("cluster raft nodes=0"), (error) => {
      assert.equal(error.name, "ScenarioError");
      assert.ok(error instanceof Error);
      const [{ line, column, length, en, zh }] = error.problems;
      assert.deepEqual([line, column > 1, length > 0], [1, true, true]);
      assert.match(error.message, new RegExp(`^1:${column}: `));
      assert.match(en, /[a-z]/);
      assert.match(zh, /[一-龥]/);
      return true;
    });
  }
  scene.seek(-5);
  assert.equal(scene.now, 0);
  scene.free();
});

test("an instant is the same from every side, and the end is that of the headless run", () => {
  const scene = new quorate.Scene(TEXT);
  const report = quorate.run(TEXT);
  let events = 0;
  scene.on("event", () => events++);
  scene.seek(Infinity);
  assert.equal(events, report.events);
  assert.equal(scene.digest, report.digest);
  assert.equal(scene.end * 1e6, report.time_ns);
  const middle = Math.floor(events / 2);
  scene.step(middle - events);
  const [now, digest, snapshot] = [scene.now, scene.digest, scene.snapshot()];
  scene.seek(0);
  scene.seek(now);
  scene.step(middle - scene.event);
  assert.deepEqual([scene.now, scene.digest, scene.snapshot()], [now, digest, snapshot]);
  assert.ok(snapshot.messages.length > 0 || snapshot.nodes.every((node) => node.timers.length > 0));
  assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot, "a snapshot is plain data");
  assert.notEqual(quorate.run(TEXT, { seed: 8 }).digest, report.digest);
  const world = new quorate.World(TEXT);
  world.step(middle);
  assert.equal(world.digest, digest);
  scene.free();
});

test("seeds beyond what JavaScript counts come back as text", () => {
  const huge = "18446744073709551615";
  assert.equal(quorate.run(`cluster raft nodes=3 seed=${huge}\nrun 1s\n`).seed, huge);
});

test("words of a scenario never become markup of its picture", () => {
  const hostile = '# </title></svg><script>alert(1)</script>\n# " onload="alert(1)\n' + TEXT;
  const svg = quorate.draw(hostile, { at: 900, theme: "light" });
  assert.doesNotMatch(svg, /<script/i);
  assert.doesNotMatch(svg, /<[^>]* onload=/i);
  assert.equal(svg.match(/<\/svg>/g).length, 1);
});

test("the same package runs in a page", async () => {
  const [page] = examples("html");
  const icon = '<link rel="icon" href="data:,">';
  const inside = join(home, "node_modules/quorate");
  const policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; img-src data:";
  const site = await serve({
    "/shop/index.html": { body: page.replace("<p", `${icon}<p`), policy },
    "/shop/quorate.js": { body: readFileSync(join(inside, "quorate.js")), type: "text/javascript" },
    "/shop/quorate_bg.wasm": {
      body: readFileSync(join(inside, "quorate_bg.wasm")),
      type: "application/wasm",
    },
  });
  const browser = await launch();
  try {
    const visit = await open(browser, site, { path: "/shop/index.html" });
    await visit.page.getByText("holds").waitFor();
    assert.deepEqual(visit.faults, []);
    const digest = await visit.page.evaluate(async (text) => {
      const { Scene } = await import("/shop/quorate.js");
      const scene = new Scene(text);
      scene.seek(Infinity);
      return scene.digest;
    }, TEXT);
    assert.equal(digest, quorate.run(TEXT).digest, "the same run on both machines");
    await visit.context.close();
  } finally {
    await browser.close();
    await site.close();
  }
});
