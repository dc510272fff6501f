// In Node.js the engine starts by itself: its file lies beside this one.

import { readFileSync } from "node:fs";
import { initSync } from "./quorate.js";

const engine = initSync({
  module: readFileSync(new URL("./quorate_bg.wasm", import.meta.url)),
});

export * from "./quorate.js";

/** Has nothing left to do. It is here so that one program runs in browsers and in Node.js. */
export default async function init() {
  return engine;
}
