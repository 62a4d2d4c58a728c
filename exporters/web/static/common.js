// What all pages share: asking the API, and saying times in the recorder's timezone.

export const STATES = ["healthy", "degraded", "starting", "stale", "offline", "stopped"];
export const element = (id) => document.getElementById(id);
export let zone = "UTC";

/** The answer as JSON; an Error with the recorder's own words otherwise. URLs are relative, so a proxy's prefix holds. */
export async function ask(path, parameters = {}, signal = undefined) {
  const response = await fetch(local(path, parameters), { signal });
  const content = await response.json().catch(() => ({}));
  if (response.status === 401) signInAgain();
  else refusals = 0;
  if (!response.ok) {
    throw new Error([content.error ?? `status ${response.status}`, content.hint].filter(Boolean).join(": "));
  }
  return content;
}

let refusals = 0;

/** A session may be renewed by the first request that it was too old for; where it is over, the page asks to sign in. */
function signInAgain() {
  const last = Number(sessionStorage.getItem("signed-in-again") ?? 0);
  if (++refusals < 3 || Date.now() - last < 60_000) return;
  sessionStorage.setItem("signed-in-again", String(Date.now()));
  location.reload();
}

export function local(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== ""));
  const text = query.toString();
  return path.replace(/^\//, "") + (text ? `?${text}` : "");
}

/** The cameras, and the site's name and timezone put where they belong. */
export async function askCameras() {
  const content = await ask("api/cameras");
  zone = content.timezone;
  element("site").textContent = content.site;
  document.title = `${document.title.split(" · ")[0]} · ${content.site}`;
  return content;
}

export function fillCameras(select, cameras, chosen) {
  select.replaceChildren(...cameras.map(({ camera }) => new Option(camera, camera, false, camera === chosen)));
}

const formats = new Map();
function format(milliseconds, options) {
  const key = JSON.stringify(options) + zone;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key).format(milliseconds);
}

export const clockTime = (ms) => format(ms, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const shortTime = (ms) => format(ms, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const shortDay = (ms) => format(ms, { day: "numeric", month: "short" });
export const longDay = (ms) => format(ms, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
export const longTime = (ms) => `${longDay(ms)} ${clockTime(ms)}`;

/** YYYY-MM-DD in the recorder's timezone. */
export function dayOf(ms) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(ms);
}

/** How far the recorder's wall clock is ahead of UTC at that time, in milliseconds. */
export function offsetAt(ms) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(ms);
  const part = (type) => Number(parts.find((one) => one.type === type).value);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(ms / 1000) * 1000;
}

/** When a day begins in the recorder's timezone. */
export function dayStart(day) {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return midnight - offsetAt(midnight - offsetAt(midnight));
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = Math.max(0, parts.findIndex(([size]) => whole >= size));
  const big = whole < 1 ? 3 : first;
  const [size, unit] = parts[big];
  const rest = parts[big + 1];
  const more = rest ? Math.floor((whole % size) / rest[0]) : 0;
  return `${Math.floor(whole / size)} ${unit}${more ? ` ${more} ${rest[1]}` : ""}`;
}

export function runClock() {
  const tell = () => { element("clock").textContent = `${longTime(Date.now())} · ${zone}`; };
  tell();
  setInterval(tell, 1000);
}
