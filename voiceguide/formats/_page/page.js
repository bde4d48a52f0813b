
"use strict";
(() => {
  const BACK = 15; // seconds, as the label of the button says
  const one = (id) => document.getElementById(id);
  const [sound, toggle, now, next, when] = ["sound", "toggle", "now", "next", "when"].map(one);
  const [part, left, on, progress] = ["part", "left", "on", "progress"].map(one);
  const session = document.querySelector("h1").textContent;
  const icon = document.querySelector("link[rel=icon]");
  const duration = Number(sound.dataset.duration);
  const read = (element) => ({
    element,
    start: Number(element.dataset.start),
    text: element.querySelector(".text").textContent,
  });
  const lines = [...document.querySelectorAll("li[data-start]")].map(read);
  const parts = [...document.querySelectorAll("a[data-start]")].map(read);
  const media = navigator.mediaSession;
  let timer = 0;
  let shown = null; // the part that the lock screen tells of

  const clock = (seconds) => {
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    const end = String(s).padStart(2, "0");
    return h ? `${h}:${String(m).padStart(2, "0")}:${end}` : `${m}:${end}`;
  };

  // A millisecond of grace: browsers round the place that they were sent to.
  const last = (list, time) => list.filter(({ start }) => start <= time + 0.001).length - 1;

  // A screen reader says what is new: only a change of words may touch the element.
  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  const mark = (list, index) =>
    list.forEach(({ element }, number) => {
      if (number === index) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    });

  function show() {
    clearTimeout(timer);
    const time = sound.currentTime;
    const line = last(lines, time);
    const following = lines[line + 1];
    const chapter = last(parts, time);
    const playing = !sound.paused;
    document.documentElement.classList.toggle("playing", playing);
    // While the voice speaks, no other voice speaks over it.
    now.setAttribute("aria-live", playing ? "off" : "polite");
    write(one("does"), playing ? toggle.dataset.pause : toggle.dataset.play);
    write(now, line >= 0 ? lines[line].text : playing ? "" : now.dataset.tap);
    write(next, following ? following.text : "");
    write(when, following ? when.dataset.text.replace("{time}", clock(Math.ceil(following.start - time))) : "");
    write(part, chapter >= 0 ? parts[chapter].text : "");
    write(left, left.dataset.text.replace("{time}", clock(Math.max(duration - time, 0))));
    on.setAttribute("aria-disabled", String(chapter >= parts.length - 1));
    progress.value = time;
    mark(lines, line);
    mark(parts, chapter);
    tell(chapter);
    if (!playing) return;
    const soon = Math.min(1 - (time % 1), following ? following.start - time : 1);
    timer = setTimeout(show, Math.max(soon * 1000, 20));
  }

  function tell(chapter) {
    if (!media || chapter === shown) return;
    shown = chapter;
    media.metadata = new MediaMetadata({
      title: session,
      artist: chapter >= 0 ? parts[chapter].text : "",
      artwork: icon ? [{ src: icon.href, type: icon.type }] : [],
    });
  }

  function place() {
    show();
    if (!media) return;
    media.playbackState = sound.paused ? "paused" : "playing";
    media.setPositionState?.({ duration, playbackRate: 1, position: Math.min(sound.currentTime, duration) });
  }

  function failed() {
    now.setAttribute("role", "alert");
    now.textContent = now.dataset.noSound;
  }

  const play = () => sound.play().catch((error) => error.name === "AbortError" || failed());
  const pause = () => sound.pause();
  const seek = (time) => {
    sound.currentTime = Math.min(Math.max(time, 0), duration);
    show();
  };
  const back = () => seek(sound.currentTime - BACK);
  const forward = () => {
    const following = parts[last(parts, sound.currentTime) + 1];
    if (following) seek(following.start);
  };
  const previous = () => {
    // As players have it: first to where this part began, and from there to the one before.
    const chapter = last(parts, Math.max(sound.currentTime - 3, 0));
    seek(chapter >= 0 ? parts[chapter].start : 0);
  };
  const either = () => (sound.paused ? play() : pause());

  document.documentElement.classList.add("scripted");
  sound.removeAttribute("controls");
  ["play", "pause", "ended", "seeked", "loadedmetadata"].forEach((name) => sound.addEventListener(name, place));
  sound.addEventListener("error", failed);
  document.addEventListener("visibilitychange", show);
  toggle.addEventListener("click", either);
  one("back").addEventListener("click", back);
  on.addEventListener("click", forward);
  parts.forEach(({ element, start }) =>
    element.addEventListener("click", (event) => {
      event.preventDefault();
      seek(start);
      play();
      one("player").scrollIntoView({ block: "nearest" });
    }),
  );
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    // A button that has the focus takes the space bar for itself.
    const space = event.key === " " && !event.target.closest?.("button");
    const key = event.code === "KeyK" || space ? "toggle" : event.key;
    const does = { toggle: either, ArrowLeft: back, ArrowRight: forward }[key];
    if (!does) return;
    event.preventDefault();
    does();
  });
  const keys = { play, pause, seekbackward: back, previoustrack: previous, nexttrack: forward };
  keys.seekto = ({ seekTime }) => seek(seekTime);
  for (const [name, does] of Object.entries(media ? keys : {})) {
    try {
      media.setActionHandler(name, does);
    } catch {
      // This browser has no such key.
    }
  }
  place();
})();
