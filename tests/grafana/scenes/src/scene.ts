// From a dashboard's JSON to the scene that Grafana makes of it.
import { DashboardCursorSync, VariableHide } from "@grafana/data";
import {
  behaviors, DataSourceVariable, EmbeddedScene, LocalValueVariable, QueryVariable, SceneDataTransformer, SceneGridItem, SceneGridLayout, SceneGridRow,
  SceneQueryRunner, SceneTimePicker, SceneTimeRange, SceneVariableSet, VariableValueSelectors, VizPanel,
} from "@grafana/scenes";

export interface Asked { minutes: number; cameras: string[] }

export function scene(dashboard: any, asked: Asked) {
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({ from: `now-${asked.minutes}m`, to: "now", timeZone: "utc" }),
    $variables: new SceneVariableSet({ variables: dashboard.templating.list.map((one: any) => variable(one, asked)) }),
    $behaviors: [new behaviors.CursorSync({ sync: dashboard.graphTooltip as DashboardCursorSync })],
    controls: [new VariableValueSelectors({}), new SceneTimePicker({})],
    body: new SceneGridLayout({ children: children(dashboard.panels, asked) }),
  });
}

function variable(one: any, { cameras }: Asked) {
  const shown = { name: one.name, label: one.label, hide: one.hide as VariableHide };
  if (one.type === "datasource") return new DataSourceVariable({ ...shown, pluginId: one.query, regex: one.regex });
  const chosen = one.name === "camera" && !one.multi ? { value: cameras[0], text: cameras[0] } : one.current;
  const { datasource, query, refresh, regex, sort, includeAll, multi, allValue } = one;
  return new QueryVariable({ ...shown, ...chosen, datasource, query, refresh, regex, sort, includeAll, isMulti: multi, allValue });
}

// A row holds what follows it, up to the next row.
function children(panels: any[], asked: Asked) {
  const placed: any[] = [];
  for (const panel of panels) {
    const row = placed.findLast((one) => one instanceof SceneGridRow);
    const inner = panel.type === "row" ? [] : items(panel, asked);
    if (panel.type === "row") placed.push(new SceneGridRow({ title: panel.title, y: panel.gridPos.y }));
    else if (row) row.setState({ children: [...row.state.children, ...inner] });
    else placed.push(...inner);
  }
  return placed;
}

function items(panel: any, asked: Asked) {
  if (!panel.repeat) return [item(panel, panel.gridPos)];
  const width = Math.max(Math.floor(24 / asked.cameras.length), Math.floor(24 / panel.maxPerRow));
  return asked.cameras.map((camera, index) => {
    const place = { ...panel.gridPos, x: (index * width) % 24, w: width };
    const chosen = new LocalValueVariable({ name: panel.repeat, value: camera, text: camera });
    return item(panel, place, camera, chosen);
  });
}

function item(panel: any, { x, y, w, h }: any, repeated = "", chosen?: any) {
  return new SceneGridItem({ x, y, width: w, height: h, body: body(panel, repeated, chosen) });
}

function body(panel: any, repeated: string, chosen?: any) {
  return new VizPanel({
    key: `panel-${panel.id}${repeated}`,
    title: panel.title,
    description: panel.description,
    pluginId: panel.type,
    pluginVersion: panel.pluginVersion,
    displayMode: panel.transparent ? "transparent" : "default",
    hoverHeader: !panel.title,
    options: panel.options,
    fieldConfig: panel.fieldConfig,
    $timeRange: panel.timeFrom && new SceneTimeRange({ from: `now-${panel.timeFrom}`, to: "now", timeZone: "utc" }),
    $data: data(panel),
    $variables: chosen && new SceneVariableSet({ variables: [chosen] }),
  });
}

function data(panel: any) {
  if (!panel.targets?.length) return undefined;
  const { datasource, targets: queries, maxDataPoints, interval } = panel;
  const asked = new SceneQueryRunner({ datasource, queries, maxDataPoints, minInterval: interval });
  return new SceneDataTransformer({ $data: asked, transformations: panel.transformations ?? [] });
}
