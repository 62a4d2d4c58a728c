// What a panel without data says, as Grafana's does: the field config's own words or "No data".
import type { FieldConfigSource, PanelData } from "@grafana/data";
import { Text } from "@grafana/ui";

export function NoData({ fieldConfig }: { fieldConfig: FieldConfigSource; data: PanelData; panelId: number }) {
  const place = { height: "100%", display: "flex", alignItems: "center", justifyContent: "center" };
  return <div style={place}><Text color="secondary">{fieldConfig.defaults.noValue ?? "No data"}</Text></div>;
}
