// The page of alerts: what holds, what held, whom it was told to, and who has taken it up.

import { ask, askCameras, duration, element, local, longTime, runClock } from "./common.js";

const REFRESH_MS = 10_000;
const asked = new URLSearchParams(location.search);
const controls = { camera: element("camera"), state: element("state") };
let next = null;
let turn = 0;

function part(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function lasted(alert) {
  const end = alert.end ? Date.parse(alert.end) : Date.now();
  return duration((end - Date.parse(alert.start)) / 1000);
}

function told(alert) {
  const latest = new Map(alert.deliveries.map((one) => [`${one.channel} ${one.status}`, one]));
  return [...latest.values()].map((one) => {
    const item = part("li", one.outcome === "delivered" ? "" : "bad", `${one.channel}: ${one.status} ${one.outcome}, ${longTime(Date.parse(one.time))}`);
    if (one.error) item.append(part("small", "", ` ${one.error}`));
    return item;
  });
}

async function acknowledge(alert, button) {
  const by = element("name").value.trim();
  if (!by) {
    complain("Say who you are first: the name is kept with the alert.");
    element("name").focus();
    return;
  }
  localStorage.setItem("name", by);
  button.disabled = true;
  complain("");
  try {
    const content = await send(`api/alerts/${alert.id}/acknowledge`, { by });
    turn++; // What was asked for before this would show it as it was.
    if (button.isConnected) button.closest("article").replaceWith(show(content));
    else await load(false);
  } catch (error) {
    complain(`Not acknowledged: ${alert.annotations.summary || alert.alertname}. ${error.message}`);
    button.disabled = false;
  }
}

/** The answer as JSON; an Error that says what the recorder, or a proxy before it, has against it. */
async function send(path, content) {
  const headers = { "Content-Type": "application/json" };
  const asked = fetch(local(path), { method: "POST", headers, body: JSON.stringify(content) });
  const response = await asked.catch(() => { throw new Error("The recorder does not answer."); });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error([answer.error ?? `It answers with status ${response.status}`, answer.hint].filter(Boolean).join(": "));
}

/** It stays until the next try: the list is renewed every few seconds, and would take it away. */
function complain(text) {
  element("problem").textContent = text;
  element("problem").hidden = !text;
}

function taken(alert) {
  if (alert.acknowledged) return part("span", "", `acknowledged by ${alert.acknowledged_by}, ${longTime(Date.parse(alert.acknowledged))}`);
  const button = part("button", "", "Acknowledge");
  button.addEventListener("click", () => acknowledge(alert, button));
  return button;
}

function links(alert) {
  const made = part("span", "links");
  if (alert.camera) {
    const play = part("a", "", "Playback");
    play.href = local("play", { camera: alert.camera, t: alert.start });
    made.append(play);
  }
  for (const [text, url] of [["What to do", runbook(alert)], ["Dashboard", safe(alert.annotations.dashboard_url)]]) {
    if (!url) continue;
    const link = part("a", "", text);
    link.href = url;
    made.append(link);
  }
  return made;
}

/** A path, as rules without an address have it (docs/runbooks/NvrDown.md), leads to the recorder's own page. */
function runbook(alert) {
  const path = /^(?![a-z]+:)(?:.*\/)?runbooks\/(Nvr[A-Za-z]+)(?:\.md)?$/.exec(alert.annotations.runbook_url ?? "");
  return path ? local(`runbooks/${path[1]}`) : safe(alert.annotations.runbook_url);
}

/** An annotation may hold anything: no other scheme, such as javascript, becomes a link. */
function safe(url) {
  return /^https?:\/\//i.test(url ?? "") ? url : "";
}

function show(alert) {
  const state = alert.status === "firing" ? alert.severity : "resolved";
  const head = part("h2", "", part("span", `pill ${state}`, alert.event), alert.annotations.summary || alert.alertname);
  const when = part("p", "", `${longTime(Date.parse(alert.start))} · ${alert.end ? "lasted" : "for"} ${lasted(alert)}`);
  const foot = part("p", "foot", taken(alert), links(alert));
  return part("article", `alert ${state}`, head, when, part("ul", "", ...told(alert)), foot);
}

async function load(more) {
  const mine = ++turn;
  const parameters = { camera: controls.camera.value, state: controls.state.value, next: more ? next : null };
  try {
    const content = await ask("api/alerts", parameters);
    if (mine !== turn) return;
    const rows = content.alerts.map(show);
    if (more) element("alerts").append(...rows);
    else element("alerts").replaceChildren(...rows);
    next = content.next;
    say(content.note ?? (element("alerts").children.length ? "" : "No alerts. All has been well."));
  } catch (error) {
    say(`The recorder does not answer. ${error.message}`);
  }
  element("more").hidden = !next;
}

function say(text) {
  element("empty").textContent = text;
  element("empty").hidden = !text;
}

function changed() {
  history.replaceState(null, "", local("alerts", { camera: controls.camera.value, state: controls.state.value }));
  load(false);
}

const { cameras } = await askCameras();
const names = cameras.map(({ camera }) => camera);
controls.camera.replaceChildren(new Option("all", ""), ...names.map((name) => new Option(name, name, false, name === asked.get("camera"))));
controls.state.value = ["firing", "resolved"].includes(asked.get("state")) ? asked.get("state") : "all";
element("name").value = localStorage.getItem("name") ?? "";
for (const control of Object.values(controls)) control.addEventListener("change", changed);
element("more").addEventListener("click", () => load(true));
runClock();
await load(false);
// Who has asked for earlier ones is not thrown back to the newest, and who is about to acknowledge is not disturbed.
setInterval(() => { if (!document.hidden && scrollY < 200 && element("alerts").children.length <= 100) load(false); }, REFRESH_MS);
