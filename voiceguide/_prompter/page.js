
"use strict";
(() => {
  const one = (id) => document.getElementById(id);
  const [stage, now, place, progress] = ["stage", "now", "place", "progress"].map(one);
  const [back, next, number] = ["back", "next", "number"].map(one);
  const items = [...document.querySelectorAll("li")];
  // Of this very script: another one begins at its own beginning.
  const key = `voiceguide prompter ${document.documentElement.dataset.script}`;
  let at = -1;

  // A browser may keep nothing for a file, and then the address keeps the place.
  const keep = () => {
    try {
      localStorage.setItem(key, at);
    } catch {}
    try {
      // Not the id of the item, to which the browser would go in the list.
      history.replaceState(null, "", `#${items[at].id.slice(1)}`);
    } catch {}
  };

  const kept = () => {
    const named = items.findIndex(({ id }) => [`#${id}`, `#${id.slice(1)}`].includes(location.hash));
    if (named >= 0) return named;
    try {
      return Number(localStorage.getItem(key)) || 0;
    } catch {
      return 0;
    }
  };

  function show(index) {
    const wanted = Math.min(Math.max(Math.trunc(index) || 0, 0), items.length - 1);
    if (wanted === at) return;
    items[at]?.querySelector("a").removeAttribute("aria-current");
    at = wanted;
    const item = items[at];
    item.querySelector("a").setAttribute("aria-current", "true");
    const values = { number: at + 1, count: items.length, file: item.querySelector(".file").textContent };
    place.textContent = place.dataset.text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    now.textContent = item.querySelector(".text").textContent;
    progress.value = at + 1;
    number.value = at + 1;
    back.setAttribute("aria-disabled", String(at === 0));
    next.setAttribute("aria-disabled", String(at === items.length - 1));
    keep();
  }

  const on = () => show(at + 1);
  const before = () => show(at - 1);

  document.documentElement.classList.add("scripted");
  stage.addEventListener("click", on);
  next.addEventListener("click", on);
  back.addEventListener("click", before);
  number.addEventListener("change", () => show(number.value - 1));
  document.querySelector("ol").addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    show(items.indexOf(item));
    one("prompter").scrollIntoView();
  });
  addEventListener("hashchange", () => show(kept()));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target === number) return;
    // What has the focus takes the space bar for itself.
    const space = event.key === " " && !event.shiftKey && !event.target.closest?.("button, a");
    // The page keys are those of a remote control for slides.
    const keys = { ArrowRight: on, PageDown: on, ArrowLeft: before, PageUp: before };
    const ends = { Home: () => show(0), End: () => show(items.length - 1) };
    const does = space ? on : { ...keys, ...ends }[event.key];
    if (!does) return;
    event.preventDefault();
    // A key that is held down must not run through the script.
    if (!event.repeat) does();
  });
  show(kept());
})();
