// Taking the diagram home, branches that go, and what is judged in the reader's language.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { journey } from "./journey.mjs";
import { CRASH, QUIET, editor, pause, playhead, run, seek, until } from "./visitor.mjs";

const dock = (page) => page.getByRole("region", { name: "Tables" });

for (const kind of ["SVG", "PNG"]) {
  journey(`the diagram goes into a file (${kind}) and comes back as its scenario`, {}, async (page) => {
    await run(page, CRASH);
    await seek(page, 0.5);
    await pause(page);
    const { ms } = await playhead(page);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: `${kind}: save the diagram as a picture` }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), `the-leader-crashes-space-time.${kind.toLowerCase()}`);
    const buffer = await readFile(await download.path());
    if (kind === "SVG") {
      for (const name of ["n1", "n5", "c1"]) assert.ok(buffer.includes(`>${name}<`), name);
      assert.ok(!buffer.includes("var(--"), "it stands alone");
    }
    await editor(page).fill(QUIET);
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const mimeType = kind === "SVG" ? "image/svg+xml" : "image/png";
    await page.getByLabel("Open a file").setInputFiles({ name: "diagram", mimeType, buffer });
    await page.waitForFunction((text) => document.querySelector("textarea").value === text, CRASH);
    await until(page, (now) => Math.abs(now.ms - ms) <= 1, "the same instant");
  });
}

journey("a branch is deleted, taken back, and a new text has none of it", {}, async (page) => {
  await run(page, CRASH);
  await seek(page, 0.2);
  await pause(page);
  await editor(page).fill(CRASH.replace("at 4s restart any", "at 5s restart any"));
  await dock(page).getByRole("button", { name: /^Branches/ }).click();
  const list = dock(page).getByRole("list", { name: "Branches" });
  const branches = (count) =>
    page.waitForFunction(
      (count) => document.querySelectorAll(".branch-list > li").length === count,
      count,
    );
  await branches(2);
  await list.getByRole("button", { name: "Delete", exact: true }).click();
  await branches(1);
  await page.getByRole("button", { name: /^Undo/ }).first().click();
  await branches(2);
  await editor(page).fill("# Another matter\ncluster paxos nodes=3 seed=1\nrun 2s\n");
  await branches(1);
});

journey("what is judged has Chinese names under 中文", {}, async (page) => {
  await editor(page).fill(`${CRASH}expect leader within 1s\nexpect rising terms\n`);
  await page.getByText("Leader within 1s").first().waitFor();
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByText("1 s 内选出领导者").first().waitFor();
  const said = await page.locator(".checks").allInnerTexts();
  assert.doesNotMatch(said.join(" "), /Leader within|Rising terms|One leader/);
});
