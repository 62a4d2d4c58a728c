// The heatmap panel, of rows that are buckets already: colours of the scheme by value, from the filter's bound to the largest.
import { FieldType, type DataFrame, type Field, type PanelProps } from "@grafana/data";
import { UPlotChart, VizLayout } from "@grafana/ui";
import * as schemes from "d3-scale-chromatic";
import { chart, type Cell } from "./chart";
import { NoData } from "./empty";

function cells(frame: DataFrame, rows: Field[], options: any): Cell[] {
  const times = frame.fields.find(({ type }) => type === FieldType.time)!.values;
  const most = Math.max(...rows.flatMap(({ values }) => values)), scheme = (schemes as any)[`interpolate${options.color.scheme}`];
  const width = times.length > 1 ? times[1] - times[0] : 60_000;
  const kept = (value: number | null) => value !== null && value > (options.filterValues?.le ?? -Infinity);
  const colour = (value: number) => scheme(options.color.reverse ? 1 - value / most : value / most);
  return rows.flatMap(({ values }, row) =>
    values.flatMap((value, index) => (kept(value) ? [{ from: times[index], to: times[index] + width, row, colour: colour(value) }] : [])),
  );
}

export function Heat(props: PanelProps<any>) {
  const { data, width, height, options, fieldConfig, id } = props;
  const [frame] = data.series;
  const rows = frame?.fields.filter(({ type }) => type === FieldType.number) ?? [];
  if (!rows.length) return <NoData {...{ data, fieldConfig, panelId: id }} />;
  const builder = chart(props, { names: rows.map(({ name }) => name), cells: cells(frame, rows, options), height: 1, gap: options.cellGap });
  return (
    <VizLayout width={width} height={height}>
      {(width, height) => <UPlotChart {...{ width, height, config: builder, data: [frame.fields[0].values] as any }} />}
    </VizLayout>
  );
}
