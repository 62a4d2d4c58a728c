// A display on a wall that nobody touches: it shows what cameras see now, says where a picture is old, and goes on by
// itself when the recorder was away. It stands alone, since whoever has a kiosk's link gets no other script.

const OLD_SECONDS = 15;
const PACE_MS = 2000;
const PACE_A_CAMERA_MS = 400;
const PATIENCE_MS = 20_000;

const figures = [...document.querySelectorAll("figure")];
const zone = document.body.dataset.zone;
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayAndClock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seen = new Map(figures.map((figure) => [figure, null]));

function tell(figure, words = "") {
  const last = seen.get(figure);
  const age = last ? (performance.now() - last.at) / 1000 + last.age : Infinity;
  const isOld = age > OLD_SECONDS;
  figure.className = last && isOld ? "old" : "";
  const time = last ? (age > 43_200 ? dayAndClock : clock).format(last.time) : "";
  figure.querySelector("figcaption").textContent = [figure.dataset.camera, isOld && last ? `not since ${time}` : time, words].filter(Boolean).join(" · ");
  figure.querySelector("p").textContent = last ? "" : words;
}

async function refresh(figure) {
  const image = figure.querySelector("img");
  try {
    const address = `kiosk/${figure.dataset.camera}.jpg${location.search}`;
    const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? `status ${response.status}`);
    const picture = await response.blob();
    const old = image.src;
    image.src = URL.createObjectURL(picture);
    if (old) URL.revokeObjectURL(old);
    image.hidden = false;
    const age = Number(response.headers.get("X-Snapshot-Age"));
    seen.set(figure, { time: Date.parse(response.headers.get("X-Snapshot-Time")), age, at: performance.now() });
    tell(figure);
  } catch (error) {
    tell(figure, error instanceof TypeError || error.name === "TimeoutError" ? "the recorder does not answer" : error.message);
  }
}

/** One after the other, so that a wall of cameras asks no more of the recorder than it can give. */
async function goOn() {
  for (;;) {
    const began = performance.now();
    for (const figure of figures) await refresh(figure);
    const pace = Math.max(PACE_MS, figures.length * PACE_A_CAMERA_MS);
    await new Promise((resolve) => setTimeout(resolve, Math.max(500, pace - (performance.now() - began))));
  }
}

document.getElementById("cameras").style.setProperty("--columns", Math.ceil(Math.sqrt(figures.length)));
goOn();
