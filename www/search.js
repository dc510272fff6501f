// Searches every order of events of a scenario with the engine, or makes a failing one small: in a
// worker, with others to help where the machine has cores for them, or in slices between the tasks of
// a page that may not have one. The same file is the page's half and every worker's.

const IN_WORKER = typeof DedicatedWorkerGlobalScope !== "undefined" && self instanceof DedicatedWorkerGlobalScope;

/** How long a slice may take, in milliseconds: a page has to answer, a worker to listen. */
const SLICE = IN_WORKER ? 100 : 12;
/** States generated, or events run, in the first slice. */
const FIRST = 500;
/** Workers that share a search, at most: each of them holds the whole table of states. */
const MOST_WORKERS = 4;

const beat = () => new Promise((done) => setTimeout(done, 0));

/**
 * Searches (or shrinks, if that is the `task`), and tells `told` how it goes: `{ kind: "progress",
 * progress, seconds }` now and then, at the end `{ kind: "over", report, cancelled }`, or `{ kind:
 * "failed", message }`.
 */
async function search(request, told, control) {
  let found;
  let company;
  try {
    const engine = await load();
    found = start(engine, request);
    company = IN_WORKER && request.task === "search" ? new Company(request) : undefined;
    let budget = FIRST;
    let spent = 0;
    for (;;) {
      while (control.paused && !control.cancelled) await control.wait();
      if (control.cancelled) break;
      const began = performance.now();
      let progress;
      try {
        await company?.gather(found);
        progress = company?.isMet && found.hasRounds() ? await company.round(found) : found.advance(budget);
      } catch (error) {
        if (!company?.isMet) throw error;
        // A helper is gone, and with it the states it held: the search begins anew, alone.
        company.dismiss();
        company = undefined;
        found.free();
        found = start(engine, request);
        continue;
      }
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
    company?.dismiss();
    found?.free();
  }
}

async function load() {
  const engine = await import(new URL("engine.js", import.meta.url));
  await engine.default();
  return engine;
}

function start(engine, { task, text, limits }) {
  return task === "shrink" ? new engine.Shrink(text) : new engine.Search(text, limits);
}

/**
 * Workers that share a search with this one. They are called once there is enough to do, and meet it
 * where it stands then; from there on all of them go in rounds.
 */
class Company {
  #helpers = [];
  #waiting = 0;
  #replies;
  isMet = false;

  constructor(request) {
    this.request = request;
    this.wanted = (request.workers ?? 1) - 1;
  }

  /** Calls the helpers when they are needed, and meets them when all have come. */
  async gather(found) {
    if (this.isMet || this.wanted < 1 || !found.isWorthSharing()) return;
    if (!this.#helpers.length) this.#call();
    if (this.#waiting || !this.#helpers.length) return;
    const stand = found.stand();
    const of = this.#helpers.length + 1;
    this.isMet = true;
    await Promise.all(this.#helpers.map((helper, place) => helper.ask({ meet: stand, me: place + 1, of })));
    found.accompany(0, of);
    this.#replies = this.#tell({});
  }

  #call() {
    try {
      for (let place = 0; place < this.wanted; place += 1) this.#helpers.push(new Helper());
    } catch {
      this.#giveUp(); // No workers within a worker here.
    }
    for (const helper of this.#helpers) {
      this.#waiting += 1;
      const come = helper.ask({ help: this.request });
      come.then(() => (this.#waiting -= 1)).catch(() => this.#giveUp());
    }
  }

  #giveUp() {
    this.dismiss();
    this.wanted = 0;
  }

  #tell(message) {
    const replies = Promise.all(this.#helpers.map((helper) => helper.ask(message)));
    replies.catch(() => {}); // Heard where it is waited for.
    return replies;
  }

  /** One round. While this worker enters what all found, the others are a step ahead. */
  async round(found) {
    const own = found.share();
    const said = [own, ...(await this.#replies)];
    this.#replies = this.#tell({ said });
    return found.join(said);
  }

  dismiss() {
    for (const helper of this.#helpers) helper.worker.terminate();
    this.#helpers = [];
  }
}

/** Another worker, which answers one message after the other. */
class Helper {
  #asked = [];

  constructor() {
    this.worker = new Worker(new URL("search.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      if (data.kind === "ready") return;
      const { done, fail } = this.#asked.shift();
      if (data.kind === "failed") fail(new Error(data.message));
      else done(data.words);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      for (const { fail } of this.#asked) fail(new Error(event.message || "a worker stopped"));
      this.#asked = [];
    };
  }

  ask(message) {
    return new Promise((done, fail) => {
      this.#asked.push({ done, fail });
      this.worker.postMessage(message);
    });
  }
}

/** The helper's half: does what it is asked, in turn. */
class Hand {
  async hear({ help, meet, me, of, said }) {
    if (help) {
      this.found = start(await load(), help);
      return undefined;
    }
    if (meet) {
      this.found.catchUp(...meet);
      this.found.accompany(me, of);
      return undefined;
    }
    if (said) this.found.join(said);
    return this.found.share();
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
  const workers = Math.min(navigator.hardwareConcurrency || 1, MOST_WORKERS);
  const say = send({ ...request, workers }, (message) => listens && told(message));
  return (word) => {
    listens &&= word !== "leave";
    say(word === "leave" ? "cancel" : word);
  };
}

function send(request, told) {
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
  const hand = new Hand();
  const say = (message) => self.postMessage(message);
  let turn = Promise.resolve();
  self.onmessage = ({ data }) => {
    if (typeof data === "string") control.hear(data);
    else if (data.task) search(data, say, control);
    else {
      const wrong = (error) => say({ kind: "failed", message: String(error?.message ?? error) });
      turn = turn.then(() => hand.hear(data)).then((words) => say({ kind: "done", words }), wrong);
    }
  };
  self.postMessage({ kind: "ready" });
}
