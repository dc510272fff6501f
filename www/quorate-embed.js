// Live figures in any page: upgrades fenced code blocks of language `quorate`, and the element
// <quorate-scene>. See docs/embedding.md.

const PAGE = new URL("./?embed=live", import.meta.url).href;
const SCHEMA = 1;
// Most figures live at once: each is a simulator.
const LIVE = 4;
// As src/lab/host.rs says.
const TEXT_BYTES = 65536;
const WORDS = {
  en: {
    run: "Run live",
    failed: "The live figure did not start.",
    unread: "The scenario could not be read: ",
    open: "Open the playground",
  },
  zh: { run: "运行", failed: "实时图未能启动。", unread: "无法读取剧本：", open: "打开演练场" },
};

const scenes = new Set();
const make = (kind) => document.createElement(kind);
const sane = (height) => Math.min(Math.max(height, 48), 4000);
const ignore = (why) => console.warn(`quorate: ignored a message that ${why}`);

const style = new CSSStyleSheet();
// Allowed where a policy forbids inline styles.
style.replaceSync(`
:host { display: block; position: relative; margin: 1.5em 0; }
:host([hidden]) { display: none; }
iframe { display: block; width: 100%; border: 0; border-radius: 10px; color-scheme: auto; }
iframe:not(.on) { position: absolute; inset: 0; opacity: 0; pointer-events: none; }
.off { display: none; }
button { position: absolute; right: 12px; bottom: 12px; min-height: 44px; padding: 0 14px; }
p { margin: .5em 0 0; }
p:empty { margin: 0; }
::slotted(svg), ::slotted(img) { display: block; width: 100%; height: auto; }
@media print { iframe { display: none !important; } slot { display: contents !important; } }
`);

/** The theme of the page around: as its tool says, else the colour of its ground. */
function hostTheme() {
  const html = document.documentElement;
  const { body } = document;
  // Docusaurus and Furo; `auto` of Furo is the system's.
  const named = html.dataset.theme ?? body.dataset.theme;
  if (named === "light" || named === "dark") return named;
  // MkDocs Material, and mdBook.
  const words = [body.dataset.mdColorScheme, ...html.classList];
  if (words.some((word) => ["slate", "coal", "navy", "ayu"].includes(word))) return "dark";
  if (words.some((word) => ["default", "light", "rust"].includes(word))) return "light";
  for (const element of [body, html]) {
    const ground = getComputedStyle(element).backgroundColor.match(/^rgba?\(([^)]*)\)/)?.[1];
    const [red, green, blue, alpha = 1] = ground?.split(/[,/\s]+/).map(Number) ?? [0, 0, 0, 0];
    if (alpha > 0.5) return red * 0.3 + green * 0.6 + blue * 0.1 < 128 ? "dark" : "light";
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Text as written: some tools break lines by elements. */
function textOf(element) {
  const copy = element.cloneNode(true);
  for (const line of copy.querySelectorAll("br")) line.replaceWith("\n");
  return copy.textContent.replace(/^\n+/, "");
}

export class QuorateScene extends HTMLElement {
  static observedAttributes = ["theme", "lang", "src", "views", "height"];

  frame = null;
  near = false;
  wanted = false;
  #moment = null;
  #playing = null;
  #text = null;
  #height = 0;
  #ready = false;
  #timer = 0;
  #slot = make("slot");
  #button = make("button");
  #note = make("p");

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    this.#button.className = "off";
    this.#button.onclick = () => {
      this.wanted = true;
      this.#playing = true;
      rank();
    };
    this.#note.role = "status";
    root.append(this.#slot, this.#button, this.#note);
  }

  connectedCallback() {
    scenes.add(this);
    sight.observe(this);
    this.#size();
  }

  disconnectedCallback() {
    scenes.delete(this);
    sight.unobserve(this);
    this.rest();
  }

  attributeChangedCallback(name, _, value) {
    if (name === "height") this.#size();
    if (name === "theme") this.follow();
    if (name === "lang") this.#tell("lang", this.#lang);
    if (name === "views" && value) this.#tell("views", value);
    if (name === "src" && this.#text !== null) {
      this.#text = null;
      this.#start();
    }
  }

  play() {
    this.#playing = true;
    this.#tell("play");
  }

  pause() {
    this.#playing = false;
    this.#tell("pause");
  }

  seek(at) {
    this.#moment = typeof at === "number" ? `${Math.round(Math.max(0, at) * 1e9)}ns` : String(at);
    this.#tell("seek", this.#moment);
  }

  load(text) {
    this.#text = String(text);
    this.#moment = "0s";
    if (this.#ready) this.#start();
  }

  wake() {
    if (this.frame) return;
    const frame = make("iframe");
    frame.title = this.getAttribute("title") ?? "Quorate";
    frame.referrerPolicy = "no-referrer";
    if (this.hasAttribute("sandbox")) frame.setAttribute("sandbox", this.getAttribute("sandbox"));
    frame.src = PAGE;
    this.frame = frame;
    this.#note.textContent = "";
    this.#timer = setTimeout(() => this.#say(this.#words.failed), 30_000);
    this.#size();
    this.#slot.after(frame);
    this.offer(false);
  }

  /** Goes back to its still; its moment is kept. */
  rest() {
    clearTimeout(this.#timer);
    this.frame?.remove();
    this.frame = null;
    this.#ready = false;
    this.#slot.className = "";
  }

  offer(on) {
    this.#button.textContent = `▶ ${this.#words.run}`;
    this.#button.className = on ? "" : "off";
  }

  follow() {
    const own = this.getAttribute("theme");
    this.#tell("theme", own === "light" || own === "dark" ? own : hostTheme());
  }

  /** A message of its own frame. */
  hear({ tell, ...rest }) {
    const fact = FACTS[tell];
    if (!fact) return ignore("names no fact");
    const detail = {};
    for (const name in fact) {
      const value = rest[name];
      if (typeof value !== typeof fact[name] || Number.isNaN(value) || value === Infinity) {
        return ignore(`is malformed: ${tell}.${name}`);
      }
      detail[name] = value;
    }
    if (tell === "hello") return void this.#start();
    if (tell === "height") {
      this.#height = sane(detail.height);
      return this.#size();
    }
    // What is refused is explained in the frame.
    if (tell === "ready" || tell === "refused") this.#show(detail);
    if (tell === "state") {
      if (!this.#ready) return;
      this.#moment = `${Math.round(detail.at * 1e9)}ns`;
      this.#playing = detail.playing;
    }
    this.dispatchEvent(new CustomEvent(tell, { detail, bubbles: true }));
  }

  get #lang() {
    return /^zh/i.test(this.closest("[lang]")?.lang) ? "zh" : "en";
  }

  get #words() {
    return WORDS[this.#lang];
  }

  #tell(name, value = "") {
    // A sandboxed frame has no origin; a scenario is no secret.
    this.frame?.contentWindow?.postMessage({ quorate: SCHEMA, do: name, value }, "*");
  }

  /** The scenario: loaded, of a file, or inside the element. */
  async #scenario() {
    if (this.#text !== null) return this.#text;
    const src = this.getAttribute("src");
    if (src) {
      const answer = await fetch(new URL(src, document.baseURI));
      if (!answer.ok) throw new Error(`${src}: ${answer.status}`);
      return answer.text();
    }
    const inside = this.querySelector("script[type^=text], pre, code, metadata");
    if (inside || !this.querySelector("svg, img, picture")) return textOf(inside ?? this);
    throw new Error("<quorate-scene>");
  }

  async #start() {
    const frame = this.frame;
    if (!frame) return;
    let text;
    try {
      text = await this.#scenario();
      if (text.length > TEXT_BYTES) throw new Error(`> ${TEXT_BYTES}`);
    } catch (error) {
      return this.#say(this.#words.unread + error.message);
    }
    if (frame !== this.frame) return;
    this.#text = text;
    this.#tell("lang", this.#lang);
    this.follow();
    const views = this.getAttribute("views");
    if (views) this.#tell("views", views);
    this.#tell("load", text);
    this.#tell("pause");
    const at = this.#moment ?? this.getAttribute("at");
    if (at) this.#tell("seek", at);
    const plays = this.#playing ?? !/^(false|0|no)$/.test(this.getAttribute("autoplay") ?? "no");
    if (plays) this.#tell("play");
  }

  #show({ title }) {
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#note.textContent = "";
    if (title && !this.hasAttribute("title")) this.frame.title = title;
    this.frame.className = "on";
    this.#slot.className = "off";
  }

  #say(sentence) {
    const link = make("a");
    link.href = new URL("./", import.meta.url).href;
    link.textContent = this.#words.open;
    this.#note.replaceChildren(sentence, " ", link);
    clearTimeout(this.#timer);
  }

  #size() {
    const own = parseFloat(this.getAttribute("height"));
    const height = own > 0 ? sane(own) : this.#height || 424;
    if (this.frame) this.frame.style.height = `${height}px`;
    this.style.minHeight = own > 0 || this.#height ? `${height}px` : "";
  }
}

// What figures tell, with values of the right kinds.
const FACTS = {
  hello: {},
  height: { height: 0 },
  ready: { title: "" },
  state: { at: 0, end: 0, event: 0, events: 0, playing: false, sentence: "" },
  violation: { name: "", because: "", at: 0, event: 0 },
  refused: { says: "" },
};

addEventListener("message", ({ source, data }) => {
  if (!source || typeof data !== "object" || data?.quorate === undefined) return;
  for (const scene of scenes) {
    if (source !== scene.frame?.contentWindow) continue;
    if (data.quorate === SCHEMA) scene.hear(data);
    else ignore("is of another version");
    return;
  }
  ignore("is not from a figure");
});

/** Who is live: those nearest to the middle of the view. */
function rank() {
  const middle = innerHeight / 2;
  const line = [...scenes].filter((scene) => scene.near || scene.frame).map((scene) => {
    const { top, bottom } = scene.getBoundingClientRect();
    const away = Math.max(top - middle, middle - bottom, 0);
    // Who is live stays so for a small difference; who was asked for comes first.
    return { scene, away: away - (scene.frame ? 150 : 0) - (scene.wanted ? middle : 0) };
  });
  line.sort((a, b) => a.away - b.away);
  for (const { scene } of line.slice(LIVE)) {
    if (scene.frame) scene.rest();
    scene.wanted = false;
    scene.offer(true);
  }
  for (const { scene } of line.slice(0, LIVE)) if (scene.near) scene.wake();
}

let ranking = 0;
const rankSoon = () => {
  ranking ||= setTimeout(() => {
    ranking = 0;
    rank();
  }, 100);
};

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) target.near = isIntersecting;
    rankSoon();
  },
  { rootMargin: "50% 0px" },
);
addEventListener("scroll", rankSoon, { passive: true, capture: true });

const follow = () => scenes.forEach((scene) => scene.follow());
const themes = new MutationObserver(() => {
  follow();
  // Once more, for a ground that fades.
  setTimeout(follow, 400);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);

// As documentation tools write a block of language `quorate`.
const BLOCKS =
  'pre > code[class*="language-quorate"], pre.quorate, div[class*="language-quorate"], ' +
  'div[class*="highlight-quorate"]';
const done = new WeakSet();

/** Puts a figure before every block in `root`, and hides the block. */
export function upgrade(root = document) {
  for (const found of root.querySelectorAll(BLOCKS)) {
    const block = found.parentElement?.closest(BLOCKS) ?? found.closest("pre") ?? found;
    if (done.has(block) || block.closest("quorate-scene")) continue;
    done.add(block);
    const scene = make("quorate-scene");
    scene.append(block.cloneNode(true));
    // Settings: quorate,at=1.2s,autoplay or data-at.
    const words = /language-quorate,(\S+)/.exec(found.className)?.[1].replaceAll(",", "&");
    const settings = new URLSearchParams(words);
    for (const name of ["theme", "lang", "autoplay", "at", "height", "views"]) {
      const value = found.dataset[name] ?? settings.get(name);
      if (value !== null) scene.setAttribute(name, value);
    }
    block.before(scene);
    block.style.setProperty("display", "none", "important");
  }
}

function begin() {
  customElements.define("quorate-scene", QuorateScene);
  const attributeFilter = ["class", "data-theme", "data-md-color-scheme"];
  for (const element of [document.documentElement, document.body]) {
    themes.observe(element, { attributes: true, attributeFilter });
  }
  upgrade();
  // Pages that change without loading.
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => addedNodes.length)) upgrade();
  }).observe(document.body, { childList: true, subtree: true });
}

if (!customElements.get("quorate-scene")) {
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}
