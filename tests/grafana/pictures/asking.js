// What a panel asks, its variables and macros filled in, of Prometheus's HTTP API and of the recorder's /clickhouse/.

const SITE = "demo";

function filled(text, cameras, { start, end }) {
  const quoted = cameras.map((camera) => `'${camera}'`).join(",");
  return text.replaceAll("${camera:sqlstring}", quoted).replaceAll("${site:sqlstring}", `'${SITE}'`)
    .replaceAll("$__rate_interval", "30s").replaceAll("$__range", `${end - start}s`)
    .replaceAll("$camera", cameras.join("|")).replaceAll("$site", SITE)
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= toDateTime(${start}) AND $1 <= toDateTime(${end})`)
    .replace(/\$__timeInterval\((\w+)\)/g, "toStartOfInterval(toDateTime($1), INTERVAL 10 second)")
    .replaceAll("$__fromTime", `toDateTime(${start})`).replaceAll("$__toTime", `toDateTime(${end})`);
}

function named(target, labels) {
  if (!target.legendFormat) return Object.values(labels).join(" ") || "value";
  return target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "");
}

async function prometheus(target, cameras, time) {
  const query = filled(target.expr, cameras, time);
  const asks = target.instant ? { query, time: time.end } : { query, ...time, step: 5 };
  const answer = await (await fetch(`/prometheus/api/v1/query${target.instant ? "" : "_range"}?${new URLSearchParams(asks)}`)).json();
  if (answer.status !== "success") throw new Error(answer.error);
  return answer.data.result.map((one) => ({
    name: named(target, one.metric), labels: one.metric,
    points: (one.values ?? [one.value]).map(([at, value]) => [at, Number(value)]).filter(([, value]) => Number.isFinite(value)),
  })).filter((one) => one.points.length);
}

async function clickhouse(target, cameras, time) {
  const answer = await fetch("/nvr/clickhouse/", { method: "POST", body: `${filled(target.rawSql, cameras, time)}\nFORMAT JSON` });
  if (!answer.ok) throw new Error(await answer.text());
  const rows = (await answer.json()).data, names = Object.keys(rows[0] ?? {});
  if (names.length !== 2 || names[0] !== "time") return [{ name: "rows", labels: {}, points: [], rows }];
  const points = rows.map((row) => [Date.parse(`${row.time.replace(" ", "T")}Z`) / 1000, Number(row[names[1]])]);
  return [{ name: names[1], labels: {}, points, rows }];
}

export function asked(target, cameras, time) {
  return (target.expr ? prometheus : clickhouse)(target, cameras, time);
}
