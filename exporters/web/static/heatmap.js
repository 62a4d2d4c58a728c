// The heatmap page: one camera's day as a picture of where things moved.

import { askCameras, dayOf, dayStart, element, fillCameras, local, longDay, runClock } from "./common.js";

const asked = new URLSearchParams(location.search);
const controls = { camera: element("camera"), date: element("date"), map: element("map"), scale: element("scale"), overlay: element("overlay") };
const DAY_MS = 86_400_000;
let newest = 0;

function chosen() {
  return {
    camera: controls.camera.value,
    date: controls.date.value,
    map: controls.map.value,
    scale: controls.scale.value,
    overlay: controls.overlay.checked ? "1" : "0",
  };
}

async function show() {
  if (!controls.camera.value) return;
  const turn = ++newest;
  const choice = chosen();
  history.replaceState(null, "", local("heatmap", choice));
  element("legend").className = choice.map;
  element("playback").href = local("play", { camera: choice.camera, t: new Date(dayStart(choice.date)).toISOString() });
  element("later").disabled = choice.date >= dayOf(Date.now());
  const response = await fetch(local("heatmap.png", { ...choice, size: "1280x720", _: Date.now() }));
  if (turn !== newest) return;
  if (response.ok) {
    element("picture").src = URL.createObjectURL(await response.blob());
  } else {
    const { error, hint } = await response.json();
    explain(response.status === 404 ? nothing(choice) : [error, hint].filter(Boolean).join(": "));
  }
  element("picture").hidden = !response.ok;
  element("reason").hidden = response.ok;
}

function explain(text) {
  element("reason").textContent = text;
  element("picture").hidden = true;
  element("reason").hidden = false;
}

const nothing = ({ camera, date }) => `Nothing moved in front of ${camera} on ${longDay(dayStart(date))}, or it was not analysed on that day.`;

function move(days) {
  const noon = Date.parse(`${controls.date.value}T12:00:00Z`) + days * DAY_MS;
  const day = new Date(noon).toISOString().slice(0, 10);
  if (day > dayOf(Date.now())) return;
  controls.date.value = day;
  show();
}

function restore() {
  const today = dayOf(Date.now());
  controls.date.value = /^\d{4}-\d\d-\d\d$/.test(asked.get("date") ?? "") ? asked.get("date") : today;
  controls.date.max = today;
  controls.map.value = asked.get("map") === "viridis" ? "viridis" : "jet";
  controls.scale.value = asked.get("scale") === "log" ? "log" : "linear";
  controls.overlay.checked = asked.get("overlay") !== "0";
}

const { cameras } = await askCameras();
const names = cameras.map(({ camera }) => camera);
const unknown = asked.get("camera") && !names.includes(asked.get("camera"));
fillCameras(controls.camera, cameras, unknown ? null : asked.get("camera") ?? names[0]);
if (unknown) controls.camera.selectedIndex = -1;
restore();
runClock();
for (const control of Object.values(controls)) control.addEventListener("change", show);
element("earlier").addEventListener("click", () => move(-1));
element("later").addEventListener("click", () => move(1));
addEventListener("keydown", (event) => {
  if (event.target.closest("input, select")) return;
  if (event.key === "ArrowLeft") move(-1);
  if (event.key === "ArrowRight") move(1);
});
if (unknown) explain(`There is no camera ${asked.get("camera")}. Choose one above.`);
else if (names.length) show();
else explain("No camera is configured yet.");
setInterval(() => { if (!document.hidden && controls.camera.value && controls.date.value === dayOf(Date.now())) show(); }, 60_000);
