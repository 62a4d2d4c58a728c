// The state timeline panel: a row a series, a rectangle a stretch of one value, in the colour of its threshold or mapping.
import { getFieldDisplayName, FieldType, type DataFrame, type Field, type PanelProps } from "@grafana/data";
import { config } from "@grafana/runtime";
import { LegendDisplayMode, UPlotChart, VizLayout, VizLegend } from "@grafana/ui";
import { chart, type Cell } from "./chart";
import { NoData } from "./empty";

export const CUSTOM = {
  lineWidth: 0, fillOpacity: 70, spanNulls: false, insertNulls: false, hideFrom: { viz: false, legend: false, tooltip: false },
};

interface Line { name: string; frame: DataFrame; time: Field; field: Field }

function lines(frames: DataFrame[]): Line[] {
  return frames.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === FieldType.time);
    const values = frame.fields.filter(({ type }) => type !== FieldType.time);
    return time ? values.map((field) => ({ name: getFieldDisplayName(field, frame, frames), frame, time, field })) : [];
  });
}

function cells({ time, field }: Line, row: number, end: number, merge: boolean): Cell[] {
  const made: Cell[] = [], gap = 3 * usual(time.values);
  time.values.forEach((at, index) => {
    const next = time.values[index + 1] ?? end, to = Math.min(next, at + gap);
    const { text, color = "gray" } = field.display!(field.values[index]), last = made.at(-1);
    if (field.values[index] === null) return;
    if (merge && last?.text === text && last.colour === color && last.to === at) last.to = to;
    else made.push({ from: at, to, row, colour: color, text });
  });
  return made;
}

// The usual distance of two points: a much longer one is a time without data.
function usual(times: number[]): number {
  const apart = times.slice(1).map((at, index) => at - times[index]).sort((one, other) => one - other);
  return apart[Math.floor(apart.length / 2)] ?? 60_000;
}

function legend(field: Field) {
  const seen = new Map<string, string>();
  for (const mapping of field.config.mappings ?? []) {
    for (const { text, color } of Object.values(mapping.options) as any[]) if (text && color) seen.set(text, color);
  }
  return [...seen].map(([label, color]) => ({ label, color: config.theme2.visualization.getColorByName(color), yAxis: 1 }));
}

export function Timeline(props: PanelProps<any>) {
  const { data, width, height, options, timeRange } = props;
  const drawn = lines(data.series);
  if (!drawn.length) return <NoData {...{ data, fieldConfig: props.fieldConfig, panelId: props.id }} />;
  const names = drawn.map(({ name }) => name).reverse(), end = timeRange.to.valueOf();
  const made = drawn.flatMap((line, index) => cells(line, drawn.length - 1 - index, end, options.mergeValues));
  if (options.showValue === "never") made.forEach((cell) => delete cell.text);
  const builder = chart(props, { names, cells: made, height: options.rowHeight, gap: 0 });
  const items = options.legend.showLegend ? legend(drawn[0].field) : [];
  const below = items.length ? <VizLayout.Legend placement="bottom"><VizLegend placement="bottom" displayMode={LegendDisplayMode.List} items={items} /></VizLayout.Legend> : null;
  return (
    <VizLayout width={width} height={height} legend={below}>
      {(width, height) => <UPlotChart {...{ width, height, config: builder, data: [drawn[0].time.values] as any }} />}
    </VizLayout>
  );
}
