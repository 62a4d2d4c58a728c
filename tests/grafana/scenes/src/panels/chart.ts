// What the state timeline and the heatmap share: rows of rectangles over time, drawn with Grafana's plot.
import { type PanelProps } from "@grafana/data";
import { config } from "@grafana/runtime";
import { AxisPlacement, ScaleDirection, ScaleOrientation, getTextColorForAlphaBackground, UPlotConfigBuilder } from "@grafana/ui";
import type uPlot from "uplot";

export interface Cell { from: number; to: number; row: number; colour: string; text?: string }

export interface Rows { names: string[]; cells: Cell[]; height: number; gap: number }

export function chart({ timeRange, timeZone }: PanelProps<any>, rows: Rows): UPlotConfigBuilder {
  const builder = new UPlotConfigBuilder(timeZone), theme = config.theme2;
  builder.addScale({
    scaleKey: "x", isTime: true, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right,
    range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()],
  });
  builder.addScale({
    scaleKey: "y", orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: [0, rows.names.length],
  });
  builder.addAxis({ scaleKey: "x", isTime: true, placement: AxisPlacement.Bottom, theme, grid: { show: false }, timeZone });
  builder.addAxis({
    scaleKey: "y", placement: AxisPlacement.Left, theme, grid: { show: false }, ticks: { show: false },
    splits: shown(rows.names).map((row) => row + 0.5), values: (_, splits) => splits.map((at) => rows.names[Math.floor(at)]),
  });
  builder.addHook("drawAxes", (plot: uPlot) => rows.cells.forEach((cell) => drawn(plot, cell, rows)));
  return builder;
}

// Every row has its name, or as many as there is room for.
function shown(names: string[]): number[] {
  const step = Math.ceil(names.length / 12);
  return names.map((_, row) => row).filter((row) => row % step === 0);
}

// In the rectangle, if there is room for it.
function labelled(plot: uPlot, text: string, left: number, middle: number, width: number) {
  plot.ctx.font = `12px ${config.theme2.typography.fontFamily}`;
  if (plot.ctx.measureText(text).width + 8 > width) return;
  plot.ctx.textBaseline = "middle";
  plot.ctx.textAlign = "left";
  plot.ctx.fillStyle = getTextColorForAlphaBackground(plot.ctx.fillStyle as string, true);
  plot.ctx.fillText(text, left + 4, middle);
}

function drawn(plot: uPlot, { from, to, row, colour, text }: Cell, { height, gap }: Rows) {
  const { left, top, width, height: tall } = plot.bbox;
  const middle = plot.valToPos(row + 0.5, "y", true), size = (Math.abs(plot.valToPos(1, "y", true) - plot.valToPos(0, "y", true))) * height;
  const start = plot.valToPos(from, "x", true), end = plot.valToPos(to, "x", true);
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, tall);
  plot.ctx.clip();
  plot.ctx.fillStyle = colour;
  plot.ctx.fillRect(start, middle - size / 2, Math.max(1, end - start - gap), size - gap);
  if (text) labelled(plot, text, Math.max(start, left), middle, end - start);
  plot.ctx.restore();
}
