// A panel of this folder as Grafana registers its own.
import { PanelPlugin, PluginType, type PanelProps } from "@grafana/data";
import type { ComponentType } from "react";

export function plugin(id: string, panel: ComponentType<PanelProps<any>>, custom: Record<string, unknown> = {}): PanelPlugin {
  const made = new PanelPlugin(panel);
  const info = { author: { name: "" }, description: "", links: [], logos: { large: "", small: "" }, screenshots: [], updated: "", version: "11.6.0" };
  made.meta = { id, name: id, sort: 0, type: PluginType.panel, module: "", baseUrl: "", info, skipDataQuery: id === "text" };
  return made.useFieldConfig({
    useCustomConfig: (builder) => {
      for (const [path, defaultValue] of Object.entries(custom)) {
        const option = { id: path, path, name: path, defaultValue, editor: () => null, override: () => null };
        builder.addCustomEditor({ ...option, process: (value: unknown) => value, shouldApply: () => true } as any);
      }
    },
  });
}
