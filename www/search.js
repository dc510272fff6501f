// Searches every order of events of a scenario with the engine, or makes a failing one small: in a
// worker, or in slices between the tasks of a page that may not have one. The same file is the page's
// half and the worker's.

const IN_WORKER = typeof DedicatedWorkerGlobalScope !== "undefined" && self instanceof DedicatedWorkerGlobalScope;

/** How long a slice may take, in milliseconds: a page has to answer, a worker to listen. */
const SLICE = IN_WORKER ? 100 : 12;
/** States generated, or events run, in the first slice. */
const FIRST = 500;

const beat = () => new Promise((done) => setTimeout(done, 0));

/**
 * Searches (or shrinks, if that is the `task`), and tells `told` how it goes: `{ kind: "progress",
 * progress, seconds }` now and then, at the end `{ kind: "over", report, cancelled }`, or `{ kind:
 * "failed", message }`.
 */
async function search({ task, text, limits }, told, control) {
  let found;
  try {
    const engine = await import(new URL("engine.js", import.meta.url));
    await engine.default();
    found = task === "shrink" ? new engine.Shrink(text) : new engine.Search(text, limits);
    let budget = FIRST;
    let spent = 0;
    for (;;) {
      while (control.paused && !control.cancelled) await control.wait();
      if (control.cancelled) break;
      const began = performance.now();
      const progress = found.advance(budget);
      const took = performance.now() - began;
      spent += took;
      told({ kind: "progress", progress, seconds: spent / 1000 });
      if (progress.over) break;
      budget = Math.round(Math.min(1e7, Math.max(50, budget * Math.min(2, SLICE / Math.max(took, 0.5)))));
      await beat();
    }
    told({ kind: "over", report: found.report(spent / 1000), cancelled: control.cancelled });
  } catch (error) {
    told({ kind: "failed", message: String(error?.message ?? error) });
  } finally {
    found?.free();
  }
}

/** What a search is told while it runs. */
function controller() {
  let wake;
  return {
    paused: false,
    cancelled: false,
    wait() {
      return new Promise((done) => (wake = done));
    },
    hear(word) {
      if (word === "pause") this.paused = true;
      if (word === "resume") this.paused = false;
      if (word === "cancel") this.cancelled = true;
      wake?.();
    },
  };
}

/**
 * Begins a search; answers with a function that takes "pause", "resume", "cancel", and "leave": who
 * has left is told nothing more, for its ear may be gone.
 */
export function begin(request, told) {
  let listens = true;
  const say = start(request, (message) => listens && told(message));
  return (word) => {
    listens &&= word !== "leave";
    say(word === "leave" ? "cancel" : word);
  };
}

function start(request, told) {
  const here = () => {
    const control = controller();
    search(request, told, control);
    return (word) => control.hear(word);
  };
  let worker;
  try {
    worker = new Worker(new URL("search.js", import.meta.url), { type: "module" });
  } catch {
    return here(); // A frame without an origin, or a policy: no workers.
  }
  // A worker that a policy forbids fails later, and before it has said anything.
  let say = (word) => worker.postMessage(word);
  let heard = false;
  worker.onmessage = ({ data }) => {
    heard = true;
    if (data.kind !== "ready") told(data);
    if (data.kind === "over" || data.kind === "failed") worker.terminate();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    if (heard) told({ kind: "failed", message: event.message || "the worker stopped" });
    else say = here();
  };
  worker.postMessage(request);
  return (word) => say(word);
}

if (IN_WORKER) {
  const control = controller();
  self.onmessage = ({ data }) => {
    if (typeof data === "string") control.hear(data);
    else search(data, (message) => self.postMessage(message), control);
  };
  self.postMessage({ kind: "ready" });
}
