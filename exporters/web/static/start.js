// The start page: each camera with a picture of now, its state and its links.

import { causeWords } from "./causes.js";
import { STATES, askCameras, duration, element, local, runClock } from "./common.js";

const REFRESH_MS = 5000;
const cards = new Map();

function part(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function link(text, path, camera) {
  const made = part("a", "", text);
  made.href = local(path, { camera });
  return made;
}

function makeCard(camera) {
  const view = link("", "play", camera);
  const image = part("img", "");
  const nothing = part("span", "nothing");
  const state = part("span", "badge");
  const motion = part("span", "badge motion", "motion");
  view.className = "view";
  image.alt = `What ${camera} sees`;
  view.append(image, nothing, state, motion);
  const health = part("span", "pill");
  const title = part("h2", "", link(camera, "play", camera), health);
  const first = part("p", "");
  const second = part("p", "");
  const links = part("p", "links", link("Playback", "play", camera), link("Heatmap", "heatmap", camera));
  const root = part("article", "card", view, part("div", "facts", title, first, second, links));
  return { root, image, nothing, state, motion, health, first, second, busy: false };
}

function lastSeen(status) {
  if (status.seconds_since_last_frame === null) return "no frame yet";
  return status.seconds_since_last_frame < 2 ? "now" : `${duration(status.seconds_since_last_frame)} ago`;
}

function describe(status) {
  const picture = status.width ? `${status.width} × ${status.height} ${status.codec}` : "";
  return [picture, status.fps ? `${status.fps.toFixed(1)} fps` : ""].filter(Boolean).join(" · ") || "nothing received yet";
}

const counted = (number, noun) => `${number || "no"} ${noun}${number === 1 ? "" : "s"}`;

function trouble(status) {
  const reconnects = counted(status.total_reconnects, "reconnect");
  if (status.state === "healthy") return reconnects;
  const cause = status.last_cause ? `cause: ${causeWords(status.last_cause)}` : "";
  const failures = status.consecutive_failures ? `${counted(status.consecutive_failures, "failure")} in a row` : "";
  return [cause, failures].filter(Boolean).join(" · ") || reconnects;
}

function show(card, status) {
  card.root.className = `card ${status.state}`;
  card.health.className = `pill ${status.state}`;
  card.health.textContent = status.state;
  card.state.textContent = lastSeen(status);
  card.motion.hidden = !status.motion_active;
  card.first.textContent = describe(status);
  card.second.textContent = trouble(status);
  refreshPicture(card, status.camera);
}

/** Asked for only when the last one has come, so that a slow recorder is never asked faster than it answers. */
async function refreshPicture(card, camera) {
  if (card.busy || document.hidden) return;
  card.busy = true;
  try {
    const response = await fetch(local("snapshot.jpg", { camera, width: 640, _: Date.now() }));
    if (!response.ok) throw new Error((await response.json()).error);
    const old = card.image.src;
    card.image.src = URL.createObjectURL(await response.blob());
    if (old) URL.revokeObjectURL(old);
    card.image.hidden = false;
    card.nothing.textContent = "";
  } catch (error) {
    card.nothing.textContent = card.image.src ? "" : error.message;
    card.image.hidden = !card.image.src;
  } finally {
    card.busy = false;
  }
}

function summarise(cameras) {
  const pills = STATES.map((state) => [state, cameras.filter((one) => one.state === state).length])
    .filter(([, count]) => count)
    .map(([state, count]) => part("span", `pill ${state}`, `${count} ${state}`));
  element("summary").replaceChildren(...pills);
}

function say(text) {
  element("empty").textContent = text;
  element("empty").hidden = !text;
}

async function refresh() {
  try {
    const { cameras } = await askCameras();
    for (const name of [...cards.keys()].filter((known) => !cameras.some((one) => one.camera === known))) {
      cards.get(name).root.remove();
      cards.delete(name);
    }
    for (const status of cameras) {
      if (!cards.has(status.camera)) {
        cards.set(status.camera, makeCard(status.camera));
        element("cameras").append(cards.get(status.camera).root);
      }
      show(cards.get(status.camera), status);
    }
    summarise(cameras);
    say(cameras.length ? "" : "No camera is configured yet. Name one in nvr.yaml.");
  } catch (error) {
    say(`The recorder does not answer. ${error.message}`);
  }
}

await refresh();
runClock();
setInterval(refresh, REFRESH_MS);
