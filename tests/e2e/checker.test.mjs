// The checker: one button, a verdict in a sentence, a counterexample that plays.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AXE } from "./harness.mjs";
import { journey } from "./journey.mjs";
import { editor, run, timeline } from "./visitor.mjs";

const TIMED = `# Two values
cluster paxos-article nodes=3 seed=1 network=wan

at 100ms request propose A via n1
at 110ms request propose B via n3 from c2
run 2s

expect agreement
`;

/** Two values, and much that has nothing to do with them. */
const NOISY = `# Two values
cluster paxos-article nodes=5 seed=1 network=wan

at 40ms delay any -> n5 by 90ms
at 60ms crash n4
at 100ms request propose A via n1
at 110ms request propose B via n3 from c2
at 220ms request propose C via n5 from c3
at 300ms restart n4
run 2s

expect agreement
`;

const MUTANT = await readFile(
  new URL("../../www/scenarios/flawed-paxos/ignores-reports.quorate", import.meta.url),
  "utf8",
);

/** Every schedule takes a while, and there are many lines to strike out. */
const SLOW = `# A leader in no time
cluster raft nodes=9 network=wan
clients 20 every=20ms
${Array.from({ length: 60 }, (_, place) => `at ${place + 1}s skew n${(place % 9) + 1} +1ms`).join("\n")}
run 100s
expect leader within 1ms
`;

const SOUND = `# Sound
cluster paxos nodes=3
explore requests=1
expect agreement
`;

const ENDLESS = `# Too large to finish
cluster raft nodes=5
explore requests=3 timers=9 crashes=3 losses=3
expect one leader per term
`;

const checker = (page) => page.getByRole("region", { name: "Checker" });
const tab = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}`) });

async function search(page) {
  await tab(page, "Checker").click();
  await page.getByRole("button", { name: "Search every order" }).click();
}

journey("a timed scenario is searched, and the counterexample plays", {}, async (page) => {
  await run(page, TIMED);
  await search(page);
  await checker(page).getByText(/Violated within .*: a shortest counterexample has \d+ steps/).waitFor();
  await page.getByRole("button", { name: "Play it" }).click();
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("drive=hand"));
  await page.getByRole("heading", { name: "How it happened" }).waitFor();
  await timeline(page).press("End");
  await page.getByText("Agreement").first().waitFor();
  // What was there before is an undo away.
  await editor(page).press("Control+z");
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("at 100ms"));
});

journey("a sound protocol is clean in its whole scope", {}, async (page) => {
  await run(page, SOUND);
  await search(page);
  await checker(page).getByText(/No violation in any of the/).waitFor();
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run());
  assert.deepEqual(found.violations.map((it) => it.help), []);
});

journey("a search too large is paused and cancelled, and says what it covered", {}, async (page) => {
  await run(page, ENDLESS);
  await search(page);
  const figures = checker(page).getByText(/states · /);
  await page.waitForFunction(() => /[1-9].* states/.test(document.querySelector(".checker-progress").textContent));
  await checker(page).getByRole("button", { name: "Pause" }).click();
  await checker(page).getByRole("button", { name: "Continue" }).waitFor();
  // The page answers meanwhile, and another tab does not end the search.
  await tab(page, "Messages").click();
  await tab(page, "Checker").click();
  await checker(page).getByRole("button", { name: "Continue" }).click();
  await checker(page).getByRole("button", { name: "Cancel" }).click();
  await checker(page).getByText(/Cancelled: no violation in the .* states covered so far/).waitFor();
  assert.match(await figures.textContent(), /MB/);
});

journey("without workers it is searched in slices", {}, async (page) => {
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("workers are blocked", "SecurityError");
      }
    };
  });
  await page.reload();
  await run(page, SOUND);
  await search(page);
  await checker(page).getByText(/No violation in any of the/).waitFor();
});

/** What the editor shows struck through. */
const struck = (page) => page.locator(".line-struck .line-text").allTextContents();
const story = (page) => page.getByRole("complementary", { name: "Inspector" });
const text = (page) => editor(page).inputValue();
const proposal = (page) => page.locator(".proposal");

async function fails(page, what) {
  await run(page, what);
  await page.getByRole("heading", { name: "How it happened" }).waitFor();
}

async function accessible(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run());
  const told = ({ help, nodes }) => `${help}: ${nodes.map((node) => node.html).join(" ")}`;
  assert.deepEqual(found.violations.map(told), []);
}

journey("a failing scenario is made small, proposed, taken, and taken back", {}, async (page) => {
  await fails(page, NOISY);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await proposal(page).getByText(/9 lines to [3-5]/).waitFor();
  const gone = await struck(page);
  assert.ok(gone.some((line) => line.includes("crash n4")), gone.join("\n"));
  assert.ok(gone.every((line) => !line.includes("expect")), gone.join("\n"));
  await story(page).getByText(/\d+ schedules, [\d.]+ m?s/).waitFor();
  await story(page).getByText(/6 actions tried, [12] needed/).waitFor();
  assert.equal(await page.locator(".shrink-meter > span").count(), 6);
  await accessible(page);
  // By keyboard: the proposal comes before the text.
  await proposal(page).getByRole("button", { name: "Take it" }).press("Enter");
  await page.waitForFunction(() => !document.querySelector("textarea").value.includes("crash n4"));
  assert.match(await text(page), /^# Two values\ncluster paxos-article nodes=\d/);
  await page.getByRole("heading", { name: "How it happened" }).waitFor();
  assert.deepEqual(await struck(page), []);
  await editor(page).press("Control+z");
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("crash n4"));
  // The proposal is about this text, and is there again; the steps are taken this time.
  await proposal(page).getByRole("button", { name: "Take the steps by hand" }).click();
  await page.waitForFunction(() => document.querySelector("textarea").value.includes("drive=hand"));
  assert.doesNotMatch(await text(page), /^at /m);
  await page.getByRole("heading", { name: "How it happened" }).waitFor();
});

journey("what is proposed can be left", {}, async (page) => {
  await fails(page, NOISY);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await proposal(page).getByRole("button", { name: "Keep mine" }).click();
  assert.deepEqual(await struck(page), []);
  assert.equal(await text(page), NOISY);
  await story(page).getByRole("button", { name: "Shrink" }).waitFor();
});

journey("shrinking that takes long is cancelled", {}, async (page) => {
  await fails(page, SLOW);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await story(page).getByText(/[1-9]\d* schedules?, /).waitFor();
  await story(page).getByRole("button", { name: "Cancel" }).click();
  await story(page).getByText("Cancelled; more may go.").waitFor();
});

journey("another failure may be made small before the last one is done", {}, async (page) => {
  await fails(page, SLOW);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await story(page).getByText(/[1-9]\d* schedules?, /).waitFor();
  await fails(page, NOISY);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await proposal(page).getByText(/9 lines to [3-5]/).waitFor();
  // What was given up does not come back, neither as a proposal nor as an error.
  await page.waitForTimeout(1_000);
  await proposal(page).getByText(/9 lines to [3-5]/).waitFor();
});

journey("without workers it is made small in slices", {}, async (page) => {
  await page.addInitScript(() => {
    window.Worker = class {
      constructor() {
        throw new DOMException("workers are blocked", "SecurityError");
      }
    };
  });
  await page.reload();
  await fails(page, NOISY);
  await story(page).getByRole("button", { name: "Shrink" }).click();
  await proposal(page).getByText(/lines to/).waitFor();
});

journey("a mutant says which rule it lacks, and the sound protocol keeps it", {}, async (page) => {
  await fails(page, MUTANT);
  await story(page).getByRole("heading", { name: "The missing rule" }).waitFor();
  await story(page).getByText("A proposer takes the value of the highest ballot reported.").waitFor();
  await story(page).getByRole("button", { name: "Show the fix" }).click();
  const listing = page.getByRole("region", { name: "The protocol's code" });
  await listing.locator("mark").getByText("ignores-reports").first().waitFor();
  // The rules on the path lead to the listing, and the playhead to their step.
  await story(page).getByRole("button", { name: /^Show rule \S+ in the listing/ }).first().click();
  await listing.locator("mark").waitFor();
  await story(page).getByRole("button", { name: "Compare with it" }).click();
  await story(page).getByText("keeps its promises").waitFor();
  await page.getByText(/They part at/).waitFor();
  await accessible(page);
  await story(page).getByRole("button", { name: "Run the fixed version" }).click();
  await page.waitForFunction(() =>
    /^cluster paxos drive=hand$/m.test(document.querySelector("textarea").value),
  );
  assert.match(await text(page), /^expect agreement$/m);
  await page.getByRole("heading", { name: "The missing rule" }).waitFor({ state: "detached" });
  await editor(page).press("Control+z");
  await page.getByRole("heading", { name: "The missing rule" }).waitFor();
});

journey(
  "in Chinese, on a phone, in the dark",
  {
    locale: "zh-CN",
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: "dark",
    hash: "#g=flawed-paxos/ignores-reports",
  },
  async (page) => {
    await page.getByRole("button", { name: "节点", exact: true }).first().click();
    await page.getByRole("heading", { name: "缺少的规则" }).waitFor();
    await page.locator(".shrinking").getByRole("button", { name: "缩减" }).click();
    await page.locator(".shrinking").getByText(/试过 \d+ 个操作/).waitFor();
    await accessible(page);
  },
);

journey("a search that reaches its ceiling of memory ends, and says what it covered", {}, async (page) => {
  await run(page, ENDLESS);
  await tab(page, "Checker").click();
  await checker(page).getByLabel("Memory").selectOption("64 MB");
  await page.getByRole("button", { name: "Search every order" }).click();
  page.setDefaultTimeout(180_000);
  await checker(page)
    .getByText(/No violation in .* states; .* was not searched to its end/)
    .waitFor();
  const figures = await page.locator(".checker-progress").textContent();
  const held = Number(figures.match(/([\d.]+)\s*MB/)?.[1]);
  assert.ok(held > 30 && held < 100, figures);
  assert.ok(await page.getByRole("button", { name: "Search every order" }).isEnabled());
});

journey("a scope that contradicts itself is named in the text", {}, async (page) => {
  await editor(page).fill("cluster raft nodes=3\nexplore restarts=1\n");
  await page.getByText(/restarts=1 without crashes/).first().waitFor();
});

/** Large enough to be worth sharing, small enough to finish. */
const WIDE = `# A write, two timeouts and a crash
cluster raft nodes=3
explore requests=1 timers=2 crashes=1 depth=11
`;

/** A page that believes in so many cores; those of the machine stay what they are. */
const cores = (page, many) =>
  page.addInitScript((many) => Object.defineProperty(navigator, "hardwareConcurrency", { configurable: true, get: () => many }), many);

/** Searches to the end; what it came to, and how many workers there were. */
async function covered(page, text) {
  await run(page, text);
  await search(page);
  page.setDefaultTimeout(120_000);
  const says = await page.locator(".checker-says").textContent();
  const checks = await page.locator(".checker-checks").textContent();
  const figures = await page.locator(".checker-progress").textContent();
  return { says, checks, workers: Number(figures.match(/(\d+) workers/)?.[1] ?? 1) };
}

journey("several workers share a search, and find what one finds", {}, async (page) => {
  await cores(page, 1);
  await page.reload();
  const alone = await covered(page, WIDE);
  assert.equal(alone.workers, 1);
  assert.match(alone.says, /No violation in any of the [\d\s]+ states within/);
  await cores(page, 3);
  await page.reload();
  assert.deepEqual(await covered(page, WIDE), { ...alone, workers: 3 });
});

journey("workers that may not have workers of their own search alone", {}, async (page) => {
  await cores(page, 3);
  // The file that a worker is made of, without the means to make another.
  await page.route("**/search.js", async (route) => {
    const answer = await route.fetch();
    const body = `if (typeof document === "undefined") delete self.Worker;\n${await answer.text()}`;
    await route.fulfill({ response: answer, body });
  });
  await page.reload();
  const { says, workers } = await covered(page, WIDE);
  assert.equal(workers, 1);
  assert.match(says, /No violation in any of the/);
});

journey("a helper that stops is not missed: the search begins anew, alone", {}, async (page) => {
  await cores(page, 2);
  await page.route("**/search.js", async (route) => {
    const answer = await route.fetch();
    // The sixth thing that a helper is told is not what was said.
    const spoilt = (await answer.text()).replace(
      "this.worker.postMessage(message);",
      "this.worker.postMessage((this.told = (this.told ?? 0) + 1) === 6 ? { said: [] } : message);",
    );
    assert.ok(spoilt.includes("this.told"));
    await route.fulfill({ response: answer, body: spoilt });
  });
  await page.reload();
  const { says, workers } = await covered(page, WIDE);
  assert.equal(workers, 1);
  assert.match(says, /No violation in any of the/);
});
