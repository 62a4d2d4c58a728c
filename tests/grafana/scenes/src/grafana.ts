// What Grafana's page does before it draws: fills the registries of @grafana/data and hands its services to @grafana/runtime.
import {
  createTheme,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  EventBusSrv,
  FieldConfigProperty,
  identityOverrideProcessor,
  numberOverrideProcessor,
  patchArrayVectorProrotypeMethods,
  setTimeZoneResolver,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type DataSourceApi,
  type PanelPlugin,
  type ScopedVars,
} from "@grafana/data";
import {
  config,
  setAppEvents,
  setDataSourceSrv,
  setEchoSrv,
  FakeEchoSrv,
  setPluginImportUtils,
  setRunRequest,
} from "@grafana/runtime";
import { sceneGraph } from "@grafana/scenes";
import { from, map } from "rxjs";

const PROCESSORS: Record<string, unknown> = {
  [FieldConfigProperty.Color]: identityOverrideProcessor,
  [FieldConfigProperty.Decimals]: numberOverrideProcessor,
  [FieldConfigProperty.DisplayName]: displayNameOverrideProcessor,
  [FieldConfigProperty.Links]: dataLinksOverrideProcessor,
  [FieldConfigProperty.Mappings]: valueMappingsOverrideProcessor,
  [FieldConfigProperty.Max]: numberOverrideProcessor,
  [FieldConfigProperty.Min]: numberOverrideProcessor,
  [FieldConfigProperty.NoValue]: displayNameOverrideProcessor,
  [FieldConfigProperty.Thresholds]: thresholdsOverrideProcessor,
  [FieldConfigProperty.Unit]: unitOverrideProcessor,
};
const nothing = () => null;

function fieldOptions() {
  return Object.entries(PROCESSORS).map(([id, process]) => ({
    id, path: id, name: id, process, editor: nothing, override: nothing, settings: {}, shouldApply: () => true,
  }));
}

function transformations() {
  const unique = new Map(Object.values(standardTransformers).map((one) => [one.id, one as any]));
  return [...unique.values()].map((transformation) => ({
    id: transformation.id, name: transformation.name, transformation, editor: nothing,
  }));
}

function sourceService(sources: DataSourceApi[]) {
  const named = (asked: any, scoped?: ScopedVars) => {
    const scene = (scoped?.__sceneObject as any)?.value.valueOf(), uid = asked?.uid ?? asked;
    return sources.find((one) => one.uid === (scene ? sceneGraph.interpolate(scene, uid, scoped) : uid));
  };
  const settings = (one: DataSourceApi) => ({ uid: one.uid, name: one.name, type: one.type, meta: { id: one.type } });
  return {
    get: async (asked: any, scoped?: ScopedVars) => named(asked, scoped) ?? Promise.reject(new Error(`no data source ${JSON.stringify(asked)}`)),
    getInstanceSettings: (asked: any, scoped?: ScopedVars) => { const one = named(asked, scoped); return one && settings(one); },
    getList: ({ pluginId }: { pluginId?: string }) => sources.filter((one) => !pluginId || one.type === pluginId).map(settings),
    reload: nothing,
  };
}

function runRequest(source: any, request: any) {
  const state = (data: any) => ({ state: data.state ?? "Done", series: data.data, timeRange: request.range, request });
  return from(source.query(request)).pipe(map(state));
}

export function start(sources: DataSourceApi[], plugins: PanelPlugin[]) {
  patchArrayVectorProrotypeMethods();
  (window as any).__grafana_public_path__ = "/scenes/public/";
  config.theme2 = createTheme({ colors: { mode: "dark" } });
  config.buildInfo = { ...config.buildInfo, version: "11.6.0" };
  setTimeZoneResolver(() => "utc");
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(fieldOptions as any);
  standardTransformersRegistry.setInit(transformations as any);
  setAppEvents(new EventBusSrv());
  setEchoSrv(new FakeEchoSrv());
  setDataSourceSrv(sourceService(sources) as any);
  setRunRequest(runRequest as any);
  const named = (id: string) => plugins.find((one) => one.meta.id === id);
  setPluginImportUtils({
    importPanelPlugin: async (id) => named(id) ?? Promise.reject(new Error(`no panel ${id}`)),
    getPanelPluginFromCache: named,
  });
}
