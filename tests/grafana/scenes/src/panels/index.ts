// The panels that the dashboards use, under the names by which Grafana knows them.
import { Heat } from "./heat";
import { plugin } from "./plugin";
import { CUSTOM as ROWS, Rows } from "./rows";
import { CUSTOM as SERIES, Series } from "./series";
import { Content } from "./text";
import { CUSTOM as TIMELINE, Timeline } from "./timeline";
import { Bars, Stat } from "./values";

export const PLUGINS = [
  plugin("bargauge", Bars),
  plugin("heatmap", Heat),
  plugin("stat", Stat),
  plugin("state-timeline", Timeline, TIMELINE),
  plugin("table", Rows, ROWS),
  plugin("text", Content),
  plugin("timeseries", Series, SERIES),
];
