// The playback page: joins the player, the bar of time, the lists, the keys and the address.

import { causeColour, causeWords, deletedWords } from "./causes.js";
import { askCameras, clockTime, dayOf, dayStart, duration, element, fillCameras, local, longDay, longTime, runClock, shortDay } from "./common.js";
import { Footage } from "./footage.js";
import { Player } from "./player.js";
import { Timeline } from "./timeline.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const ADDRESS_MS = 1500;
const LIVE_REFRESH_MS = 1000;
const REFRESH_MS = 5000;
const PREVIEW_DELAY_MS = 180;
const MOST_LISTED = 300;
const DAY_MS = 86_400_000;

const video = element("video");
const note = element("note");
const zooms = document.querySelectorAll("[data-zoom]");
let noteUntil = 0;
let footage = null;

function say(text, forMs = 0) {
  if (!forMs && performance.now() < noteUntil) return;
  noteUntil = forMs ? performance.now() + forMs : 0;
  note.hidden = !text;
  note.firstElementChild.textContent = text;
}

const player = new Player(video, { say });
const timeline = new Timeline(element("timeline"), { seek: (time) => seek(time), moved: later(fetchView, 150), hover: preview });

function later(run, delay) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
}

async function fetchView() {
  if (!footage) return;
  const shown = footage;
  try {
    await shown.ensure(timeline.from - timeline.length / 2, timeline.to + timeline.length / 2);
  } catch (error) {
    say(error.message, 4000);
  }
  if (shown === footage) list();
}

function list() {
  timeline.draw();
  const motion = footage.events.filter(inView).slice(-MOST_LISTED).reverse();
  const gaps = footage.gaps.filter(inView).slice(-MOST_LISTED).reverse();
  fill("events", motion, (one) => [one.zones.join(", ") || "motion", Number.isFinite(one.to) ? duration((one.to - one.from) / 1000) : "now"],
    footage.note ?? "Nothing moved in this stretch.");
  fill("gaps", gaps, (one) => [causeWords(one.cause), Number.isFinite(one.to) ? duration(one.duration_seconds) : "lasts"], "No gaps in this stretch.");
  legend(gaps);
}

const inView = (entry) => entry.to > timeline.from && entry.from < timeline.to;

function fill(id, entries, words, none) {
  const rows = entries.map((entry) => {
    const row = document.createElement("li");
    const button = document.createElement("button");
    for (const text of [`${dayOf(entry.from) === dayOf(Date.now()) ? "" : `${shortDay(entry.from)} `}${clockTime(entry.from)}`, ...words(entry)]) {
      button.append(Object.assign(document.createElement("span"), { textContent: text }));
    }
    button.addEventListener("click", () => seek(id === "events" ? entry.from - 1000 : entry.from - 2000));
    row.append(button);
    return row;
  });
  const empty = Object.assign(document.createElement("li"), { className: "none", textContent: none });
  element(id).replaceChildren(...(rows.length ? rows : [empty]));
}

function legend(gaps) {
  const causes = [...new Set(gaps.map((gap) => gap.cause))];
  const gone = [...new Set(footage.deleted.filter(inView).map((one) => deletedWords(one.policy)))];
  const entries = [["footage", "var(--footage)"], ["motion", "var(--event)"], ...gone.map((words) => [words, "var(--quiet)"]), ...causes.map((cause) => [`gap: ${causeWords(cause)}`, causeColour(cause)])];
  element("legend").replaceChildren(...entries.map(([name, colour]) => {
    const box = document.createElement("i");
    box.style.background = colour;
    const entry = document.createElement("span");
    entry.append(box, name);
    return entry;
  }));
}

let previewTimer = 0;
function preview(time, x = 0) {
  const box = element("preview");
  const image = box.firstElementChild;
  clearTimeout(previewTimer);
  box.hidden = time === null || !footage;
  if (box.hidden) return;
  box.style.left = `${Math.min(Math.max(x, 125), timeline.width - 125)}px`;
  const why = footage.at(time) ? "" : footage.whyNothing(time);
  box.lastElementChild.textContent = clockTime(time) + (why ? ` · ${why}` : "");
  image.hidden = true;
  if (!footage.at(time)) return;
  previewTimer = setTimeout(() => {
    image.onload = () => { image.hidden = false; };
    image.src = local("snapshot.jpg", { camera: footage.camera, t: new Date(Math.floor(time / 1000) * 1000).toISOString(), width: 240 });
  }, PREVIEW_DELAY_MS);
}

async function seek(wanted) {
  if (wanted > Date.now()) {
    sayStillToCome();
    await goLive();
    return;
  }
  try {
    await footage.ensure(wanted - 600_000, wanted + 600_000);
  } catch (error) {
    say(error.message, 4000);
  }
  player.seek(wanted);
  timeline.follow(wanted);
}

const sayStillToCome = () => say("That is still to come: this is now", 3000);

async function goLive() {
  try {
    await footage.refreshTail();
  } catch (error) {
    say(error.message, 4000);
  }
  player.goLive();
}

/** A day from where its footage begins; one without any is shown empty, and said to be. */
async function chooseDay(day) {
  const start = dayStart(day);
  if (start > Date.now()) {
    await seek(start);
    return;
  }
  await footage.ensure(start, start + DAY_MS).catch((error) => say(error.message, 4000));
  const first = footage.segments.find((segment) => segment.to > start && segment.from < start + DAY_MS);
  if (!first) {
    player.toggle(false);
    say(`There is no footage of ${longDay(start)}`, 5000);
  } else if (first.from > start) {
    say(`The footage of ${shortDay(start)} begins at ${clockTime(first.from)}`, 3000);
  }
  await seek(Math.max(start, first?.from ?? start));
  timeline.zoom(86_400, start + DAY_MS / 2);
}

function speed(change) {
  const index = SPEEDS.indexOf(video.playbackRate) + change;
  if (index < 0 || index >= SPEEDS.length) return;
  setSpeed(SPEEDS[index]);
}

function setSpeed(rate) {
  if (rate !== 1) player.live = false;
  player.setRate(rate);
}

function jumpToMotion(direction) {
  const { time } = player;
  const found = direction > 0 ? footage.events.find((one) => one.from > time + 1500) : footage.events.findLast((one) => one.from < time - 3000);
  if (found) seek(found.from - 1000);
  else say(direction > 0 ? "No later motion is loaded" : "No earlier motion is loaded", 2000);
}

async function open(camera, time) {
  footage = new Footage(camera);
  timeline.footage = footage;
  const about = time ?? Date.now();
  try {
    await footage.ensure(about - 3_600_000, about + 3_600_000);
    if (time === null && !footage.latest()) await footage.ensure(about - 86_400_000, about);
  } catch (error) {
    say(error.message, 6000);
  }
  const latest = footage.latest();
  const start = time ?? (latest ? Math.max(latest.from, latest.to - 10_000) : about);
  timeline.view(start - timeline.length * 0.75, start + timeline.length * 0.25);
  player.show(footage, start);
  player.toggle(true);
  if (time === null) player.goLive();
  list();
}

function tell() {
  const { time } = player;
  element("now").textContent = longTime(time);
  element("badge").hidden = !player.live || player.stands();
  element("live").classList.toggle("on", player.live);
  element("play").textContent = player.playing ? "❚❚" : "▶";
  element("mute").classList.toggle("on", !video.muted);
  element("timeline").setAttribute("aria-valuetext", longTime(time));
  if (document.activeElement !== element("date")) element("date").value = dayOf(time);
  for (const button of zooms) button.classList.toggle("on", Math.abs(timeline.length / 1000 - button.dataset.zoom) < 1);
  timeline.follow(time);
}

function writeAddress() {
  if (!footage) return;
  const t = player.live ? null : new Date(Math.round(player.time)).toISOString();
  history.replaceState(null, "", local("play", { camera: footage.camera, t }));
}

async function refresh() {
  const isLive = player.live || Date.now() - player.time < 60_000;
  if (footage && !document.hidden) await footage.refreshTail().then(list, () => undefined);
  setTimeout(refresh, isLive ? LIVE_REFRESH_MS : REFRESH_MS);
}

const KEYS = {
  " ": () => player.toggle(),
  k: () => player.toggle(),
  ArrowLeft: (event) => seek(player.time - (event.shiftKey ? 60_000 : 10_000)),
  ArrowRight: (event) => seek(player.time + (event.shiftKey ? 60_000 : 10_000)),
  ",": () => player.step(-1 / 15),
  ".": () => player.step(1 / 15),
  "+": () => speed(1),
  "=": () => speed(1),
  "-": () => speed(-1),
  n: () => jumpToMotion(1),
  p: () => jumpToMotion(-1),
  l: goLive,
  m: () => { video.muted = !video.muted; },
  f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen()),
  h: () => (element("keys").open ? element("keys").close() : element("keys").showModal()),
};

function listen(cameras) {
  addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
    event.preventDefault();
    act(event);
  });
  // A button that keeps the focus would be pressed again by the space bar.
  for (const button of document.querySelectorAll("main button")) button.addEventListener("click", () => button.blur());
  element("play").addEventListener("click", () => player.toggle());
  element("back").addEventListener("click", () => seek(player.time - 10_000));
  element("forward").addEventListener("click", () => seek(player.time + 10_000));
  element("previous").addEventListener("click", () => jumpToMotion(-1));
  element("next").addEventListener("click", () => jumpToMotion(1));
  element("mute").addEventListener("click", KEYS.m);
  element("live").addEventListener("click", goLive);
  element("help").addEventListener("click", KEYS.h);
  video.addEventListener("click", () => player.toggle());
  element("speed").append(...SPEEDS.map((rate) => new Option(`${rate}×`, String(rate), rate === 1, rate === 1)));
  element("speed").addEventListener("change", ({ target }) => setSpeed(Number(target.value)));
  video.addEventListener("ratechange", () => { element("speed").value = String(video.playbackRate); });
  element("camera").addEventListener("change", ({ target }) => open(target.value, player.live ? null : player.time));
  element("date").addEventListener("change", ({ target }) => { if (target.value) chooseDay(target.value); });
  for (const button of zooms) button.addEventListener("click", () => timeline.zoom(Number(button.dataset.zoom)));
  fillCameras(element("camera"), cameras, footage?.camera);
}

function askedTime(text) {
  if (!text) return null;
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text.replace(" ", "+"));
  if (time > Date.now()) {
    sayStillToCome();
    return null;
  }
  if (Number.isFinite(time)) return time;
  say("The time in the address cannot be read: this is now", 5000);
  return null;
}

const asked = new URLSearchParams(location.search);
const { cameras } = await askCameras();
const names = cameras.map(({ camera }) => camera);
listen(cameras);
runClock();
if (asked.get("camera") && !names.includes(asked.get("camera"))) say(`There is no camera ${asked.get("camera")}`, 5000);
if (names.length) {
  const camera = names.includes(asked.get("camera")) ? asked.get("camera") : names[0];
  element("camera").value = camera;
  await open(camera, askedTime(asked.get("t")));
  refresh();
  setInterval(tell, 200);
  setInterval(writeAddress, ADDRESS_MS);
} else {
  say("No camera is configured yet");
}
