// What the released page costs in a browser: time to start, script time of a frame, events per
// second of the engine. `cargo xtask bench` builds the page and runs this.

import { launch, open, serve } from "../tests/e2e/harness.mjs";
import { editor } from "../tests/e2e/visitor.mjs";

const LOADS = 5;
const WATCHED_MS = 60_000;

const TEN_ENTRIES = Array.from({ length: 10 }, (_, i) => `at ${i + 1}s client put x=${i}`);
// RaftScope's own page with five servers and ten entries, measured once and not run here.
const RAFTSCOPE = "RaftScope, 5 nodes, ten entries: 18 ms script and layout per frame (a constant, cited)";
const CASES = [
  ["raft, 5 nodes, ten entries", `cluster raft nodes=5 seed=7\n${TEN_ENTRIES.join("\n")}\nrun 60s\n`],
  ["raft, 5 nodes", "cluster raft nodes=5 seed=7\nclients 2 every=20ms keys=3\nrun 60s\n"],
  [
    "raft, 99 nodes, 2,000 messages",
    "cluster raft nodes=99 seed=7 heartbeat=100ms election=4s..8s\nnetwork delay=900ms..1s\nrun 60s\n",
  ],
  [
    "pool, 200 nodes, 2,000 messages",
    "balance p2c servers=199 seed=7\nnetwork delay=900ms..1s\narrivals poisson rate=530/s\n" +
      "service exp mean=10ms\ntimeout 30s\nrun 60s\n",
  ],
];

// The same scenarios as benches/throughput.rs runs natively, and as many events.
const WORLDS = [
  ["raft-5", "cluster raft nodes=5 seed=7\nclients 2 every=10ms keys=3\nrun 60s\n"],
  ["raft-5-idle", "cluster raft nodes=5 seed=7\nrun 60s\n"],
  [
    "pool-10",
    "balance p2c servers=10 seed=11\narrivals poisson load=70%\nservice exp mean=10ms\nrun 60s\n",
  ],
  // Six events a customer: arrival, request, work, end of service, answer, reply.
  [
    "customers-10",
    "balance p2c servers=10 seed=11\nnetwork delay=0s\narrivals poisson load=70%\n" +
      "service exp mean=10ms\nrun 60s\n",
  ],
];
const EVENTS_PER_CUSTOMER = 6;
const JUDGED =
  "cluster raft nodes=5 seed=7\nclients 2 every=100ms keys=3\nrun 600s\nexpect linearizable\n";
const EVENTS = 200_000;
const RUNS = 7;

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds from navigation to the app in place of the first paint. */
async function load(browser, site) {
  const { page, context } = await open(browser, site);
  await page.waitForFunction(() => !document.getElementById("boot-status"), null, { polling: "raf" });
  const time = await page.evaluate(() => performance.now());
  await context.close();
  return time;
}

/** Events per second of the engine, and the digest after the last one. */
async function throughput(page, text) {
  return page.evaluate(
    async ([text, events, runs]) => {
      const engine = await import(new URL("engine.js", document.baseURI).href);
      await engine.default();
      const rates = [];
      let digest = "";
      for (let i = 0; i < runs; i++) {
        const world = new engine.World(text);
        const start = performance.now();
        const done = world.step(events);
        rates.push((done * 1000) / (performance.now() - start));
        digest = world.digest;
        world.free();
      }
      return { rate: rates.sort((a, b) => a - b)[Math.floor(runs / 2)], digest };
    },
    [text, EVENTS, RUNS],
  );
}

/** Messages per second of a run that is judged to its end; `messages` is how many it has. */
async function judged(page, text, messages) {
  return page.evaluate(
    async ([text, messages, runs]) => {
      const engine = await import(new URL("engine.js", document.baseURI).href);
      await engine.default();
      const rates = [];
      for (let i = 0; i < runs; i++) {
        const start = performance.now();
        engine.run(text);
        rates.push((messages * 1000) / (performance.now() - start));
      }
      return rates.sort((a, b) => a - b)[Math.floor(runs / 2)];
    },
    [text, messages, RUNS],
  );
}

/** What the native benchmark printed, by name of the world. */
function nativeRates(text) {
  const lines = text.matchAll(/^(\S+) (\d+) events\/s digest=(\w+)$/gm);
  return new Map([...lines].map(([, name, rate, digest]) => [name, { rate: Number(rate), digest }]));
}

const row = (name, ...cells) => name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join("");

/** Script and layout of the page per frame while a scenario plays, and its tasks above 50 ms. */
async function frames(browser, site, text) {
  const { page, context } = await open(browser, site);
  await editor(page).fill(text);
  await page.getByRole("button", { name: /^Run/ }).click();
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable");
  const spent = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    const all = new Map(metrics.map(({ name, value }) => [name, value * 1000]));
    const layout = all.get("LayoutDuration") + all.get("RecalcStyleDuration");
    return { script: all.get("ScriptDuration"), layout };
  };
  // The run is computed ahead first; what is measured is playing.
  await page.waitForTimeout(2_000);
  const before = await spent();
  const { count, long } = await page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        const end = performance.now() + ms;
        const long = [];
        const note = (tasks) => long.push(...tasks.getEntries().map((task) => task.duration));
        new PerformanceObserver(note).observe({ type: "longtask" });
        let count = 0;
        const tick = (now) =>
          (count++, now < end ? requestAnimationFrame(tick) : resolve({ count, long }));
        requestAnimationFrame(tick);
      }),
    WATCHED_MS,
  );
  const after = await spent();
  await context.close();
  const script = (after.script - before.script) / count;
  const layout = (after.layout - before.layout) / count;
  return { script, layout, rate: (count * 1000) / WATCHED_MS, long };
}

const site = await serve();
const browser = await launch();
try {
  const times = [];
  for (let i = 0; i < LOADS; i++) times.push(await load(browser, site));
  console.log(`load: ${median(times).toFixed(0)} ms to the app (median of ${LOADS}, no cache)`);
  const { page, context } = await open(browser, site);
  // A page on which nothing runs.
  await page.goto(`${site.url}boot.js`);
  const native = nativeRates(process.env.QUORATE_NATIVE ?? "");
  console.log(row("events/s", "native", "browser", "ratio", "same run"));
  for (const [name, text] of WORLDS) {
    const { rate, digest } = await throughput(page, text);
    const own = native.get(name);
    const ratio = own ? (rate / own.rate).toFixed(2) : "-";
    const same = own ? (own.digest === digest ? "yes" : "NO") : "-";
    if (name.startsWith("customers")) {
      console.log(`${name}: ${(rate / EVENTS_PER_CUSTOMER).toFixed(0)} customers/s in the browser`);
    }
    console.log(row(name, own?.rate.toFixed(0) ?? "-", rate.toFixed(0), ratio, same));
  }
  const [, own, messages] =
    /^raft-5-judged (\d+) of (\d+) messages\/s$/m.exec(process.env.QUORATE_NATIVE ?? "") ?? [];
  if (messages) {
    const rate = await judged(page, JUDGED, Number(messages));
    console.log("messages/s, history recorded and judged");
    console.log(row("raft-5-judged", own, rate.toFixed(0), (rate / own).toFixed(2)));
  }
  await context.close();
  console.log(RAFTSCOPE);
  for (const [name, text] of CASES) {
    const { script, layout, rate, long } = await frames(browser, site, text);
    const worst = long.length ? `, the longest ${Math.max(...long)} ms` : "";
    console.log(
      `${name}: ${script.toFixed(2)} ms script and ${layout.toFixed(2)} ms layout per frame, ` +
        `${rate.toFixed(0)} frames/s, ${long.length} tasks above 50 ms${worst}`,
    );
  }
} finally {
  await browser.close();
  await site.close();
}
