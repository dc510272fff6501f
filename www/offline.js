// Keeps the page for times without a network. `boot.js` loads this in a published build, when the
// app has started; where it cannot work nothing is lost.

/** What is said when a newer version waits. */
const WORDS = {
  en: ["A new version is ready.", "Reload", "Later"],
  zh: ["新版本已就绪。", "刷新", "稍后"],
};

/** Offers to change to the version that waits, without stealing the focus. */
function offer(waiting) {
  const [says, now, later] = WORDS[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];
  const region = document.createElement("div");
  region.className = "toasts";
  region.setAttribute("role", "status");
  document.body.append(region);
  const toast = document.createElement("div");
  toast.className = "toast";
  const text = document.createElement("span");
  text.textContent = says;
  const button = (name, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button line small";
    made.textContent = name;
    made.addEventListener("click", act);
    return made;
  };
  const reload = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
      once: true,
    });
    waiting.postMessage("quorate:take-over");
  };
  toast.append(text, button(now, reload), button(later, () => region.remove()));
  // Filled after it is there, so that it is read out.
  requestAnimationFrame(() => region.append(toast));
}

/** Registers the worker of this build. Never rejects. */
export async function keep(address) {
  try {
    const workers = navigator.serviceWorker;
    // A host may have a worker of its own for everything around this page.
    const found = await workers.getRegistration();
    const known = found?.scope === new URL("./", address).href ? found : undefined;
    // A page that `trunk serve` reloads would be reloaded from the cache.
    if ([...document.scripts].some((script) => script.text.includes(".well-known/trunk/ws"))) {
      return void (await known?.unregister());
    }
    const registration = known ?? (await workers.register(address, { updateViaCache: "none" }));
    // Without an active worker this is the first visit: nothing older is on screen.
    const ready = (worker) => worker && registration.active && offer(worker);
    if (registration.waiting) return ready(registration.waiting);
    const follow = () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => {
        if (coming.state === "installed") ready(coming);
      });
    };
    follow();
    registration.addEventListener("updatefound", follow);
    // A browser looks for a newer version when it finds the time; a visitor may be gone by then.
    if (known) await known.update();
  } catch (error) {
    console.info("Quorate is not kept for times without a network:", error);
  }
}
