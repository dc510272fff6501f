// What a visitor sees and does, by role and label: journeys speak of this, never of classes.

import assert from "node:assert/strict";

/** Seeded, and with a fault to look at: the leader dies at 1.5 s and is back at 4 s. */
export const CRASH = `# The leader crashes
cluster raft nodes=5 seed=7 network=wan election=300ms..600ms heartbeat=100ms
at 1s request put y=3
at 1.5s crash leader
at 2.5s request put x=1
at 4s restart any
run 6s
expect one leader per term
`;

/** A quiet cluster to break by hand. */
export const QUIET = `cluster raft nodes=5 seed=7 network=wan election=300ms..600ms heartbeat=100ms
run 20s
expect one leader per term
`;

export const playback = (page) => page.getByRole("region", { name: "Playback" });
export const timeline = (page) => page.getByRole("slider", { name: "Timeline" });
export const editor = (page) => page.getByRole("textbox", { name: "Scenario text" });

/** The nodes on the stage, as a screen reader names them: `n4, leader, term 2`. */
export const nodes = (page) => page.getByRole("main").getByRole("button", { name: /^[ns]\d+, / });

/** Where the playhead stands: milliseconds, event, events of the run. */
export async function playhead(page) {
  const slider = timeline(page);
  const spoken = await slider.getAttribute("aria-valuetext");
  // Thin spaces group thousands.
  const [, event, events] = spoken.match(/event ([\d\s]+) of ([\d\s]+)/) ?? assert.fail(spoken);
  const number = (text) => Number(text.replaceAll(/\s/g, ""));
  const ms = Number(await slider.getAttribute("aria-valuenow"));
  return { ms, event: number(event), events: number(events) };
}

/** Waits until `is` holds of the playhead. */
export async function until(page, is, what) {
  const end = Date.now() + 20_000;
  let seen;
  while (Date.now() < end) {
    seen = await playhead(page);
    if (is(seen)) return seen;
    await page.waitForTimeout(50);
  }
  assert.fail(`${what}: the playhead stands at ${JSON.stringify(seen)}`);
}

/** Waits until the run is computed to its end, and gives the number of its events. */
export async function computed(page) {
  const seconds = /run (\d+)s/.exec(await editor(page).inputValue());
  let last = -1;
  for (;;) {
    const { events } = await playhead(page);
    if (events === last && events > 0) return events;
    last = events;
    await page.waitForTimeout(seconds ? 400 : 200);
  }
}

/** Pauses, whether it played or not. */
export async function pause(page) {
  const button = playback(page).getByRole("button", { name: "Pause", exact: true });
  if (await button.isVisible()) await button.click();
  await playback(page).getByRole("button", { name: "Play", exact: true }).waitFor();
}

/** Replaces the scenario and runs it, paused at its start. */
export async function run(page, text) {
  await editor(page).fill(text);
  await page.getByRole("button", { name: "Reset" }).click();
  await until(page, ({ event }) => event === 0, "after Reset");
  await computed(page);
}

/** Goes to the event with the number `event`, by steps where it is near and by the end keys first. */
export async function stepTo(page, event) {
  let at = (await playhead(page)).event;
  const name = event > at ? "One event forward" : "One event back";
  const button = playback(page).getByRole("button", { name });
  for (; at !== event; at += event > at ? 1 : -1) await button.click();
  await until(page, (seen) => seen.event === event, `step to ${event}`);
}

/** Seeks by a press on the time axis at a share of its width. */
export async function seek(page, share) {
  const box = await timeline(page).boundingBox();
  await timeline(page).click({ position: { x: box.width * share, y: box.height / 2 } });
}

/** What the nodes are now, as text. */
export async function cluster(page) {
  return (await nodes(page).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label"))))
    .sort()
    .join("; ");
}

/** The node that leads now: its name, such as `n4`. */
export async function leader(page) {
  const button = nodes(page).filter({ hasNotText: "crashed" });
  await page.getByRole("main").getByRole("button", { name: /, leader/ }).first().waitFor();
  const names = await button.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  const found = names.find((name) => /, leader/.test(name));
  return found.split(",")[0];
}
