// A data source that asks Prometheus's HTTP API what Grafana's asks, and gives the frames that Grafana's gives.
import {
  DataSourceApi, FieldType, renderLegendFormat, toDataFrame,
  type DataFrame, type DataQueryRequest, type ScopedVars,
} from "@grafana/data";
import { sceneGraph } from "@grafana/scenes";

const POINTS = 400;
const SHORTEST_STEP = 5;

interface Series { metric: Record<string, string>; values?: Array<[number, string]>; value?: [number, string] }

export class Prometheus extends DataSourceApi {
  constructor() {
    super({ id: 1, uid: "prometheus", type: "prometheus", name: "Prometheus", meta: { id: "prometheus" }, jsonData: {} } as any);
  }

  async query(request: DataQueryRequest<any>) {
    const frames = await Promise.all(request.targets.map((target) => this.asked(target, request)));
    return { data: frames.flat() };
  }

  async metricFindQuery(query: any, options: any) {
    const text = interpolated(query.query ?? query, options.scopedVars);
    const [, metric, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(text)!;
    const { from, to } = options.range;
    const values = await api(`label/${label}/values`, { "match[]": metric, start: from.unix(), end: to.unix() });
    return values.map((value: string) => ({ text: value }));
  }

  async testDatasource() {
    return { status: "success", message: "" };
  }

  private async asked(target: any, request: DataQueryRequest): Promise<DataFrame[]> {
    const start = request.range.from.unix(), end = request.range.to.unix();
    const step = Math.max(SHORTEST_STEP, Math.ceil((end - start) / POINTS));
    const macros = { __rate_interval: { value: `${step + 25}s` }, __interval: { value: `${step}s` }, __range: { value: `${end - start}s` } };
    const query = interpolated(target.expr, { ...request.scopedVars, ...macros });
    const answer = target.instant ? await api("query", { query, time: end }) : await api("query_range", { query, start, end, step });
    if (target.format === "table") return [table(answer.result, target)];
    if (target.format === "heatmap") return buckets(answer.result, target);
    return answer.result.map((one: Series) => series(one, target));
  }
}

async function api(path: string, asked: Record<string, any>) {
  const said = await (await fetch(`/prometheus/api/v1/${path}?${new URLSearchParams(asked)}`)).json();
  if (said.status !== "success") throw new Error(said.error);
  return said.data;
}

// Grafana writes several chosen values into PromQL as a group of alternatives.
function interpolated(text: string, scoped: ScopedVars) {
  const scene = (scoped.__sceneObject as any).value.valueOf();
  return sceneGraph.interpolate(scene, text, scoped, (value: any) => (Array.isArray(value) ? `(${value.join("|")})` : String(value)));
}

// A series without labels is named by its query, as Grafana's back end does.
function name({ metric }: Series, target: any) {
  if (target.legendFormat) return renderLegendFormat(target.legendFormat, metric);
  if (!Object.keys(metric).length) return target.expr;
  return `{${Object.entries(metric).map(([label, value]) => `${label}="${value}"`).join(", ")}}`;
}

function series(one: Series, target: any): DataFrame {
  const points = one.values ?? [one.value!];
  return toDataFrame({
    refId: target.refId,
    meta: { type: "timeseries-multi" },
    fields: [
      { name: "Time", type: FieldType.time, values: points.map(([at]) => at * 1000) },
      { name: "Value", type: FieldType.number, labels: one.metric, values: points.map(([, value]) => Number(value)),
        config: { displayNameFromDS: name(one, target) } },
    ],
  });
}

function table(result: Series[], target: any): DataFrame {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: "Time", type: FieldType.time, values: result.map(({ value }) => value![0] * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: result.map(({ metric }) => metric[label] ?? "") })),
      { name: "Value", type: FieldType.number, values: result.map(({ value }) => Number(value![1])) },
    ],
  });
}

// As Grafana's: one row a bound, from the lowest, each without what the bound below holds.
function buckets(result: Series[], target: any): DataFrame[] {
  const bound = (one: Series) => Number(one.metric.le.replace("+Inf", "Infinity"));
  const rows = [...result].sort((one, other) => bound(one) - bound(other));
  const times = [...new Set(rows.flatMap((one) => one.values!.map(([at]) => at)))].sort((one, other) => one - other);
  const counts = rows.map((one) => { const at = new Map(one.values!.map(([time, value]) => [time, Number(value)])); return times.map((time) => at.get(time) ?? 0); });
  const own = counts.map((row, index) => row.map((count, at) => Math.max(0, count - (index ? counts[index - 1][at] : 0))));
  const fields = rows.map((one, index) => ({ name: one.metric.le, type: FieldType.number, labels: one.metric, values: own[index] }));
  const time = { name: "Time", type: FieldType.time, values: times.map((at) => at * 1000) };
  return rows.length ? [toDataFrame({ refId: target.refId, meta: { type: "heatmap-rows" }, fields: [time, ...fields] })] : [];
}
