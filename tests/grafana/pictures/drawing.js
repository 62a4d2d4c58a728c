// A dashboard of Grafana's, laid out on its grid from the JSON and fed by Prometheus and the recorder. It is not Grafana.
import { asked } from "/pictures/asking.js";
import { shown, colourOf, nameColour, marksOf } from "/pictures/values.js";

const choice = new URLSearchParams(location.search);
const dashboard = await (await fetch(`/dashboards/${choice.get("name")}.json`)).json();

/** Of a histogram's bucket, as Prometheus writes it: `0.5`, `+Inf`. */
const upperBound = (frame) => (frame.labels.le === "+Inf" ? Infinity : Number(frame.labels.le));
const end = Math.floor(Date.now() / 1000), start = end - 60 * Number(choice.get("minutes"));
const cameras = choice.get("cameras").split(",");
const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const nothing = (panel) => `<div class="none">${escaped(panel.fieldConfig.defaults.noValue ?? "")}</div>`;
const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 16);

document.getElementById("title").textContent = dashboard.title;
document.getElementById("note").textContent =
  `the last ${choice.get("minutes")} minutes of nvr demo, drawn from the JSON by a renderer of our own, not by Grafana`;

function last(series) { return series.points.at(-1)?.[1]; }

function stat(panel, series, width) {
  const field = panel.fieldConfig.defaults, filled = panel.options.colorMode !== "value";
  if (!series.length) return nothing(panel);
  return `<div class="stats">${series.map((one) => {
    const colour = colourOf(field, last(one)), size = panel.options.text?.valueSize ?? Math.min(34, width / series.length / shown(field, last(one)).length * 1.55);
    const style = filled ? `background:${colour};color:#fff` : `color:${colour}`;
    const name = panel.options.textMode === "value_and_name" ? `<span>${escaped(one.name)}</span>` : "";
    return `<div class="stat" style="${style}">${name}<span style="font-size:${size}px">${shown(field, last(one))}</span></div>`;
  }).join("")}</div>`;
}

function bargauge(panel, series, width, height) {
  const field = panel.fieldConfig.defaults, most = field.max ?? Math.max(...series.map(last), 1e-9), least = field.min ?? 0;
  if (!series.length) return nothing(panel);
  const tall = Math.min(40, height / series.length - 6);
  return series.map((one) => {
    const part = Math.max(0, Math.min(1, (last(one) - least) / (most - least))) * 100, colour = colourOf(field, last(one));
    return `<div class="bar" style="height:${tall}px"><span>${escaped(one.name)}</span><div><div style="width:${part}%;background:${colour}"></div></div>
      <b style="color:${colour}">${shown(field, last(one))}</b></div>`;
  }).join("");
}

function axis(width, height, left) {
  const across = (time) => left + (time - start) / (end - start) * (width - left);
  const room = (width - left) / 62, step = [60, 120, 300, 600, 1800, 3600].find((one) => (end - start) / one <= room) ?? 7200;
  const times = [];
  for (let time = Math.ceil(start / step) * step; time <= end; time += step) times.push(time);
  return times.map((time) => `<line x1="${across(time)}" x2="${across(time)}" y1="4" y2="${height - 16}" stroke="#2a2c33"/>` +
    `<text x="${Math.min(across(time), width - 18)}" y="${height - 3}" text-anchor="middle">${clock(time)}</text>`).join("");
}

function legend(entries) {
  return `<div class="legend">${entries.map(([name, colour]) => `<span><i style="background:${colour}"></i>${escaped(name)}</span>`).join("")}</div>`;
}

/** A line ends where its series has nothing for a while. */
function unbroken(points) {
  const parts = [];
  points.forEach((point, place) => {
    if (place && point[0] - points[place - 1][0] <= 30) parts.at(-1).push(point); else parts.push([point]);
  });
  return parts;
}

/** The colour that an override gives a series, or else that of its name. */
function seriesColour(panel, name) {
  const own = panel.fieldConfig.overrides.find(({ matcher: { id, options } }) =>
    id === "byRegexp" ? new RegExp(options.slice(1, -1)).test(name) : options === name);
  return own?.properties.find((one) => one.id === "color")?.value.fixedColor ?? nameColour(name);
}

function timeseries(panel, series, width, height) {
  const field = panel.fieldConfig.defaults, { custom } = field, stacked = custom.stacking.mode === "normal";
  if (!series.length) return nothing(panel);
  height -= 20;
  const below = new Map(), drawn = series.map((one) => ({ ...one, points: one.points.map(([time, value]) => {
    const from = stacked ? below.get(time) ?? 0 : Math.min(0, field.min ?? 0);
    below.set(time, from + value);
    return [time, stacked ? from + value : value, from];
  }) }));
  const values = drawn.flatMap((one) => one.points.map((point) => point[1])).filter(Number.isFinite);
  let low = field.min ?? Math.min(...values), high = field.max ?? Math.max(...values);
  if (high <= low) high = low + (Math.abs(low) || 1);
  if (field.max === undefined) high += (high - low) * 0.08;
  const marked = marksOf(field.unit, low, high), left = 14 + 6.6 * Math.max(...marked.map((value) => shown(field, value, true).length));
  const x = (time) => left + (time - start) / (end - start) * (width - left);
  const y = (value) => 4 + (high - Math.max(low, Math.min(high, value))) / (high - low) * (height - 22);
  const grid = marked.map((value) =>
    `<line x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#2a2c33"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${shown(field, value, true)}</text>`).join("");
  const limits = custom.thresholdsStyle.mode === "off" ? "" : field.thresholds.steps.filter((step) => step.value !== null && step.value <= high && step.value >= low)
    .map((step) => `<line x1="${left}" x2="${width}" y1="${y(step.value)}" y2="${y(step.value)}" stroke="${step.color}" stroke-dasharray="8 6"/>`).join("");
  const marks = drawn.map((one) => {
    const colour = seriesColour(panel, one.name);
    if (custom.drawStyle === "bars") return one.points.map(([time, value, from]) =>
      `<rect x="${x(time) - 2}" width="4" y="${y(value)}" height="${Math.max(0, y(from) - y(value))}" fill="${colour}" fill-opacity="0.7"/>`).join("");
    return unbroken(one.points).map((points) => {
    const line = points.map(([time, value]) => `${x(time)},${y(value)}`).join(" ");
    const back = [...points].reverse().map(([time, , from]) => `${x(time)},${y(from)}`).join(" ");
    return `<polygon points="${line} ${back}" fill="${colour}" fill-opacity="${custom.fillOpacity / 100}"/><polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`; }).join("");
  }).join("");
  return `<svg width="${width}" height="${height}">${axis(width, height, left)}${grid}${marks}${limits}</svg>${legend(series.map((one) => [one.name, seriesColour(panel, one.name)]))}`;
}

function strips(panel, series, width, height) {
  const field = panel.fieldConfig.defaults, left = 22 + 6.6 * Math.max(...series.map((one) => one.name.length), 0), tall = (height - 38) / Math.max(1, series.length);
  if (!series.length) return nothing(panel);
  const x = (time) => left + (time - start) / (end - start) * (width - left);
  const cells = series.map((one, row) => `<text x="${left - 8}" y="${(row + 0.5) * tall + 4}" text-anchor="end">${escaped(one.name)}</text>` +
    one.points.map(([time, value], place) => {
      const next = one.points[place + 1]?.[0] ?? end;
      return `<rect x="${x(time)}" width="${Math.max(0, x(Math.min(next, time + 30)) - x(time) + 0.4)}" y="${row * tall + 2}" height="${tall * 0.85}" fill="${colourOf(field, value)}"/>`;
    }).join("")).join("");
  const words = Object.values(field.mappings[0].options).map((one) => [one.text, one.color]);
  return `<svg width="${width}" height="${height - 20}">${axis(width, height - 20, left)}${cells}</svg>${legend(words)}`;
}

function table(panel, frames) {
  const rows = frames.flatMap((frame) => frame.rows ?? [{ ...frame.labels, Value: last(frame) }]);
  if (!rows.length) return nothing(panel);
  if (panel.transformations?.[0].id === "sortBy") rows.sort((a, b) => b.Value - a.Value);
  const organised = (panel.transformations ?? []).find((one) => one.id === "organize")?.options ?? {};
  const overrides = Object.fromEntries((panel.fieldConfig.overrides ?? []).map((one) => [one.matcher.options,
    Object.fromEntries(one.properties.map((property) => [property.id, property.value]))]));
  const order = (name) => organised.indexByName?.[name] ?? 99;
  const names = Object.keys(rows[0]).filter((name) => !organised.excludeByName?.[name] && !overrides[name]?.["custom.hidden"]).sort((a, b) => order(a) - order(b));
  const cell = (name, value) => {
    const own = overrides[name] ?? {}, kind = own["custom.cellOptions"]?.type, word = own.mappings?.[0].options[value];
    if (kind === "image") return `<td><img src="${escaped(value)}" height="52"></td>`;
    if (kind === "color-background" && word) return `<td style="background:${word.color};color:#fff">${escaped(word.text ?? value)}</td>`;
    if (own.unit === "dateTimeAsIso") return `<td>${escaped(String(value).slice(0, 19))}</td>`;
    return `<td>${own.unit ? shown({ unit: own.unit }, Number(value)) : escaped(value)}</td>`;
  };
  return `<table><tr>${names.map((name) => `<th>${escaped(overrides[name]?.displayName ?? name)}</th>`).join("")}</tr>
    ${rows.slice(0, 14).map((row) => `<tr>${names.map((name) => cell(name, row[name])).join("")}</tr>`).join("")}</table>`;
}

const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];

function heatmap(panel, frames, width, height) {
  let columns, rows;
  if (frames[0]?.rows) {
    rows = Object.keys(frames[0].rows[0] ?? {}).filter((name) => name !== "time");
    columns = frames[0].rows.map((row) => [String(row.time).slice(5, 10), rows.map((name) => Number(row[name]))]);
  } else {
    const sorted = [...frames].sort((a, b) => upperBound(a) - upperBound(b));
    rows = sorted.map((one) => one.labels.le === "+Inf" ? "more" : shown({ unit: panel.options.yAxis.unit }, Number(one.labels.le)));
    const times = [...new Set(sorted.flatMap((one) => one.points.map((point) => point[0])))].sort();
    const found = sorted.map((one) => new Map(one.points));
    columns = times.map((time) => [time % 60 < 5 ? clock(time) : "", found.map((one, place) => (one.get(time) ?? 0) - (found[place - 1]?.get(time) ?? 0))]);
  }
  if (!columns?.length) return nothing(panel);
  const most = Math.max(...columns.flatMap((column) => column[1]), 1e-9), left = 56, across = (width - left) / columns.length, tall = (height - 18) / rows.length;
  const colour = (value) => VIRIDIS[Math.min(5, Math.floor(Math.sqrt(value / most) * 6))];
  const every = Math.ceil(rows.length / 8), often = frames[0]?.rows ? Math.ceil(columns.length / 5) : 1;
  const cells = columns.map(([name, values], column) => values.map((value, row) => value > 1e-9
    ? `<rect x="${left + column * across}" width="${Math.max(1, across - 1)}" y="${(rows.length - 1 - row) * tall}" height="${Math.max(1, tall - 1)}" fill="${colour(value)}"/>` : "").join("")
    + (column % often ? "" : `<text x="${left + column * across}" y="${height - 4}">${name}</text>`)).join("");
  return `<svg width="${width}" height="${height}">${rows.map((name, row) => row % every ? "" :
    `<text x="${left - 6}" y="${(rows.length - row - 0.3) * tall}" text-anchor="end">${escaped(name)}</text>`).join("")}${cells}</svg>`;
}

const DRAWN = { stat, bargauge, timeseries, "state-timeline": strips, table, heatmap };

async function draw(panel, chosen) {
  const { x, y, w, h } = panel.gridPos, unit = 1264 / 24, element = document.createElement("div");
  element.className = panel.type === "row" ? "row" : "panel";
  element.style.cssText = `left:${8 + x * unit + 3}px;top:${y * 38}px;width:${w * unit - 6}px;height:${h * 38 - 8}px`;
  document.getElementById("grid").append(element);
  const title = escaped(panel.title.replace("$camera", chosen[0]));
  element.innerHTML = panel.type === "row" ? title : `<h2>${title}</h2><div class="body"></div>`;
  if (panel.type === "row") return;
  const body = element.querySelector(".body");
  const days = parseInt(panel.timeFrom ?? "0"), time = { start: days ? end - days * 86400 : start, end };
  if (panel.type === "text") {
    body.className += " text";
    body.innerHTML = panel.options.content.replaceAll("${camera}", chosen[0]).replaceAll("${__to}", end * 1000)
      .replaceAll("${__from:date:iso}", new Date(start * 1000).toISOString()).replaceAll("${__to:date:iso}", new Date(end * 1000).toISOString());
    return;
  }
  const frames = (await Promise.all(panel.targets.map((target) => asked(target, chosen, time)))).flat();
  body.innerHTML = DRAWN[panel.type](panel, frames, w * unit - 20, h * 38 - 44);
}

const panels = dashboard.panels.flatMap((panel) => !panel.repeat ? [[panel, cameras]] : cameras.map((camera, place) =>
  [{ ...panel, gridPos: { ...panel.gridPos, x: place % panel.maxPerRow * (24 / panel.maxPerRow), w: 24 / panel.maxPerRow } }, [camera]]));
document.getElementById("grid").style.height = `${Math.max(...panels.map(([panel]) => panel.gridPos.y + panel.gridPos.h)) * 38}px`;
for (const [panel, chosen] of panels) await draw(panel, chosen).catch((error) => console.error(panel.title, error));
document.body.dataset.done = "1";
