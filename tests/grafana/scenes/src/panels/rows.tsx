// The table panel.
import { type PanelProps } from "@grafana/data";
import { Table } from "@grafana/ui";
import { NoData } from "./empty";

export const CUSTOM = {
  align: "auto", cellOptions: { type: "auto" }, filterable: false, hidden: false, inspect: false, minWidth: undefined, width: undefined,
};

export function Rows({ data, width, height, options, fieldConfig, timeRange, id }: PanelProps<any>) {
  const [frame] = data.series;
  if (!frame?.length) return <NoData {...{ data, fieldConfig, panelId: id }} />;
  return (
    <Table {...{ data: frame, width, height, timeRange, fieldConfig, noHeader: !options.showHeader }}
      cellHeight={options.cellHeight} initialSortBy={options.sortBy} enablePagination={options.footer?.enablePagination} />
  );
}
