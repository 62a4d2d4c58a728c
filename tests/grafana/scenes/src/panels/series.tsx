// The timeseries panel: what Grafana's draws without its tooltips and annotations.
import { getFieldDisplayName, type DataFrame, type PanelProps } from "@grafana/data";
import { TimeSeries } from "@grafana/ui";
import { NoData } from "./empty";

export const CUSTOM = {
  drawStyle: "line", lineInterpolation: "linear", lineWidth: 1, fillOpacity: 0, gradientMode: "none", barAlignment: 0,
  lineStyle: undefined, spanNulls: false, showPoints: "auto", pointSize: 5, stacking: { mode: "none", group: "A" },
  axisPlacement: "auto", axisLabel: "", axisColorMode: "text", axisBorderShow: false, axisCenteredZero: false, axisWidth: undefined,
  axisGridShow: undefined, axisSoftMin: undefined, axisSoftMax: undefined, scaleDistribution: { type: "linear" },
  hideFrom: { viz: false, legend: false, tooltip: false }, thresholdsStyle: { mode: "off" }, insertNulls: false, transform: undefined,
};

// Colours go by name, and fields that are joined keep no name but their own.
function named(frames: DataFrame[]): DataFrame[] {
  return frames.map((frame) => ({
    ...frame, fields: frame.fields.map((field) => ({ ...field, name: getFieldDisplayName(field, frame, frames) })),
  }));
}

export function Series({ data, timeRange, timeZone, width, height, options, fieldConfig, id }: PanelProps<any>) {
  const frames = named(data.series.filter((frame) => frame.length > 0));
  if (!frames.length) return <NoData {...{ data, fieldConfig, panelId: id }} />;
  return (
    <TimeSeries {...{ frames, timeRange, width, height, options, structureRev: data.structureRev }}
      timeZone={timeZone} legend={options.legend} />
  );
}
