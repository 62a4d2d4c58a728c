// A data source that asks the recorder's /clickhouse/ with the macros of grafana-clickhouse-datasource.
import { DataSourceApi, FieldType, toDataFrame, type DataFrame, type DataQueryRequest } from "@grafana/data";
import { sceneGraph } from "@grafana/scenes";

interface Answer { meta: Array<{ name: string; type: string }>; data: Array<Record<string, any>> }

export class ClickHouse extends DataSourceApi {
  constructor() {
    const type = "grafana-clickhouse-datasource";
    super({ id: 2, uid: "clickhouse", type, name: "ClickHouse", meta: { id: type }, jsonData: {} } as any);
  }

  async query(request: DataQueryRequest<any>) {
    return { data: await Promise.all(request.targets.map((target) => this.asked(target, request))) };
  }

  async testDatasource() {
    return { status: "success", message: "" };
  }

  private async asked(target: any, request: DataQueryRequest): Promise<DataFrame> {
    const scene = (request.scopedVars.__sceneObject as any).value.valueOf();
    const sql = sceneGraph.interpolate(scene, macros(target.rawSql, request), request.scopedVars);
    const answer = await fetch("/nvr/clickhouse/", { method: "POST", body: `${sql}\nFORMAT JSON` });
    if (!answer.ok) throw new Error(await answer.text());
    return frame(await answer.json(), target.refId);
  }
}

function macros(sql: string, { range, intervalMs }: DataQueryRequest) {
  const from = `toDateTime(${range.from.unix()})`, to = `toDateTime(${range.to.unix()})`;
  const step = `INTERVAL ${Math.max(10, Math.round(intervalMs / 1000))} second`;
  return sql
    .replace(/\$__timeFilter\((\w+)\)/g, `$1 >= ${from} AND $1 <= ${to}`)
    .replace(/\$__timeInterval\((\w+)\)/g, `toStartOfInterval(toDateTime($1), ${step})`)
    .replaceAll("$__fromTime", from).replaceAll("$__toTime", to);
}

function frame({ meta, data }: Answer, refId: string): DataFrame {
  return toDataFrame({
    refId,
    fields: meta.map((column) => {
      const type = fieldType(column.type);
      return { name: column.name, type, values: data.map((row) => read(row[column.name], type)) };
    }),
  });
}

function fieldType(type: string): FieldType {
  if (/DateTime|^Date/.test(type)) return FieldType.time;
  if (/^Nullable\(U?Int|^U?Int|Float|Decimal/.test(type)) return FieldType.number;
  return /Bool/.test(type) ? FieldType.boolean : FieldType.string;
}

function read(value: any, type: FieldType) {
  if (value === null) return null;
  if (type === FieldType.time) return Date.parse(`${value.replace(" ", "T")}Z`);
  return type === FieldType.number ? Number(value) : value;
}
