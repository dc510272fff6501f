// Starts the app, and says in words why it cannot start. Trunk writes the names of the built files
// into the attributes of this script's element (see Trunk.toml).
//
// Not a module: inside a sandboxed frame modules do not even load, and nobody would be told.

(() => {
  "use strict";

  const tag = document.currentScript;

  /** Replaces the line under the still picture; the rest of the first paint stays. */
  function explain(english, chinese, error) {
    const status = document.getElementById("boot-status");
    if (!status) return; // The app has started and owns the page.
    const zh = document.createElement("span");
    zh.lang = "zh-Hans";
    zh.textContent = chinese;
    const detail = document.createElement("small");
    detail.textContent = String(error?.message ?? error ?? "");
    status.className = "failed";
    status.setAttribute("role", "alert");
    status.replaceChildren(english, zh, detail);
    if (window.parent !== window) status.append(document.createElement("br"), wayOut());
  }

  /** Out of a frame that forbids too much. */
  function wayOut() {
    const link = document.createElement("a");
    link.href = location.href.replace(/[?&]embed\b[^#]*/, "");
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Open in a new tab · 在新标签页打开";
    return link;
  }

  function explainFailure(error) {
    console.error(error);
    if (error instanceof WebAssembly.CompileError) {
      explain(
        "This browser is too old for the playground: it cannot compile its WebAssembly. Please update it.",
        "此浏览器版本过旧，无法编译所需的 WebAssembly。请更新浏览器。",
        error,
      );
    } else {
      explain(
        "The playground could not be downloaded completely. Check the connection and reload the page.",
        "页面文件未能完整下载。请检查网络连接，然后刷新页面。",
        error,
      );
    }
  }

  async function start() {
    if (typeof WebAssembly !== "object") {
      explain(
        "This browser has WebAssembly switched off or does not know it, so no cluster can run here. " +
          "Any current browser works; some enterprise and lockdown modes disable WebAssembly.",
        "此浏览器不支持或已禁用 WebAssembly，无法运行集群。请使用较新的浏览器；某些企业策略或锁定模式会禁用它。",
      );
      return;
    }
    const at = (name) => new URL(name, document.baseURI);
    // The search is fetched when somebody asks for one.
    window.quorateSearch = async (request, told) => (await import(at("search.js"))).begin(request, told);
    // So is what records a film.
    window.quorateFilm = async (...words) => (await import(at("film.js"))).begin(...words);
    try {
      const app = await import(at(tag.dataset.js));
      await app.default({ module_or_path: at(tag.dataset.wasm) });
    } catch (error) {
      explainFailure(error);
      return;
    }
    if (wantsKeeping()) {
      const offline = await import(at("offline.js")).catch(() => undefined);
      await offline?.keep(at(tag.dataset.offline));
    }
  }

  /** A published build keeps itself for times without a network; never inside a frame. */
  function wantsKeeping() {
    const framed = window.parent !== window || new URLSearchParams(location.search).has("embed");
    return Boolean(tag.dataset.offline) && !framed && "serviceWorker" in navigator;
  }

  start();
})();
