// The heatmap page: where things moved in front of one camera, on a day or in the days before it.

import { askCameras, dayOf, dayStart, element, fillCameras, local, longDay, runClock } from "./common.js";

const asked = new URLSearchParams(location.search);
const choices = element("choices");
const controls = choices.elements;
const DAY_MS = 86_400_000;
let newest = 0;

function chosen() {
  const choice = Object.fromEntries(["camera", "date", "days", "map", "scale"].map((name) => [name, controls[name].value]));
  return { ...choice, overlay: flag("overlay"), legend: flag("legend") };
}

const flag = (name) => (controls[name].checked ? "1" : "0");
const dayAfter = (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const firstDay = ({ date, days }) => dayAfter(date, 1 - Number(days));

/** What the picture is asked for: a day by its name, more by their beginning and end in the recorder's timezone. */
function question({ camera, date, days, ...look }) {
  if (days === "1") return { camera, date, ...look };
  const [from, to] = [firstDay({ date, days }), dayAfter(date, 1)].map((day) => new Date(dayStart(day)).toISOString());
  return { camera, from, to, ...look };
}

function stretch(choice) {
  const last = longDay(dayStart(choice.date));
  return choice.days === "1" ? last : `${longDay(dayStart(firstDay(choice)))} to ${last}`;
}

async function show() {
  if (!controls.camera.value || !controls.date.value) return;
  const turn = ++newest;
  const choice = chosen();
  history.replaceState(null, "", local("heatmap", choice));
  describe(choice);
  element("map").classList.add("asking");
  // Asked anew each time, and answered with 304 where it would show the same.
  const response = await fetch(element("file").href, { cache: "no-cache" });
  const answer = response.ok ? await response.blob() : await response.json();
  if (turn !== newest) return;
  element("map").classList.remove("asking");
  if (!response.ok) return explain(response.status === 404 ? nothing(choice) : [answer.error, answer.hint].filter(Boolean).join(": "));
  URL.revokeObjectURL(element("picture").src);
  element("picture").src = URL.createObjectURL(answer);
  element("picture").hidden = false;
  element("reason").hidden = true;
}

function describe(choice) {
  element("caption").textContent = `${choice.camera}, ${stretch(choice)}: every analysed frame is counted.`;
  element("file").href = local("heatmap.png", { ...question(choice), size: "1280x720" });
  element("playback").href = local("play", { camera: choice.camera, t: new Date(dayStart(choice.date)).toISOString() });
  element("later").disabled = choice.date >= dayOf(Date.now());
}

function explain(text) {
  element("reason").textContent = text;
  element("picture").hidden = true;
  element("reason").hidden = false;
}

const nothing = (choice) =>
  choice.days === "1"
    ? `Nothing moved in front of ${choice.camera} on ${stretch(choice)}, or it was not analysed on that day.`
    : `Nothing moved in front of ${choice.camera} from ${stretch(choice)}, or it was not analysed in these days.`;

function move(direction) {
  const today = dayOf(Date.now());
  const day = dayAfter(controls.date.value, direction * Number(controls.days.value));
  controls.date.value = day < today ? day : today;
  show();
}

function restore() {
  const today = dayOf(Date.now());
  controls.date.value = /^\d{4}-\d\d-\d\d$/.test(asked.get("date") ?? "") ? asked.get("date") : today;
  controls.date.max = today;
  choose("days", asked.get("days"));
  choose("map", asked.get("map"));
  choose("scale", asked.get("scale"));
  controls.overlay.checked = asked.get("overlay") !== "0";
  controls.legend.checked = asked.get("legend") !== "0";
}

function choose(name, value) {
  if ([...controls[name]].some((one) => one.value === value)) controls[name].value = value;
}

const { cameras } = await askCameras();
const names = cameras.map(({ camera }) => camera);
const unknown = asked.get("camera") && !names.includes(asked.get("camera"));
fillCameras(controls.camera, cameras, unknown ? null : asked.get("camera") ?? names[0]);
if (unknown) controls.camera.selectedIndex = -1;
restore();
runClock();
choices.addEventListener("change", show);
choices.addEventListener("submit", (event) => event.preventDefault());
element("earlier").addEventListener("click", () => move(-1));
element("later").addEventListener("click", () => move(1));
addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, select")) return;
  if (event.key === "ArrowLeft") move(-1);
  if (event.key === "ArrowRight") move(1);
});
if (unknown) explain(`There is no camera ${asked.get("camera")}. Choose one above.`);
else if (names.length) show();
else explain("No camera is configured yet.");
setInterval(() => { if (!document.hidden && controls.date.value === dayOf(Date.now())) show(); }, 60_000);
