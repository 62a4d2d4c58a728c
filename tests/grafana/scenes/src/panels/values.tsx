// The stat and bar gauge panels: one display a value, laid out as their options say.
import {
  getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation, type FieldDisplay, type PanelProps,
} from "@grafana/data";
import { config } from "@grafana/runtime";
import { BarGauge, BigValue, DataLinksContextMenu, VizRepeater } from "@grafana/ui";

function values({ data, options, fieldConfig, replaceVariables, timeZone }: PanelProps<any>): FieldDisplay[] {
  const { reduceOptions, graphMode } = options;
  return getFieldDisplayValues({
    data: data.series, fieldConfig, reduceOptions, replaceVariables, timeZone,
    theme: config.theme2, sparkline: Boolean(graphMode) && graphMode !== "none",
  });
}

function linked(one: FieldDisplay, drawn: (menu?: any) => JSX.Element) {
  if (!one.hasLinks || !one.getLinks) return drawn();
  return <DataLinksContextMenu links={() => one.getLinks!({})}>{drawn}</DataLinksContextMenu>;
}

export function Stat(props: PanelProps<any>) {
  const { options, data, width, height, renderCounter } = props;
  return (
    <VizRepeater
      {...{ width, height, renderCounter, source: data, autoGrid: true, orientation: options.orientation }}
      getValues={() => values(props)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width, height, count }) =>
        linked(value, (menu) => (
          <BigValue
            {...{ width, height, count, alignmentFactors, theme: config.theme2, hasLinks: value.hasLinks }}
            {...{ colorMode: options.colorMode, graphMode: options.graphMode, justifyMode: options.justifyMode }}
            {...{ textMode: options.textMode, wideLayout: options.wideLayout, text: options.text }}
            value={value.display} sparkline={value.sparkline} onClick={menu?.openMenu} className={menu?.targetClassName}
          />
        ))
      }
    />
  );
}

export function Bars(props: PanelProps<any>) {
  const { options, data, width, height, renderCounter } = props;
  return (
    <VizRepeater
      {...{ width, height, renderCounter, source: data, itemSpacing: 8 }}
      {...{ orientation: options.orientation ?? VizOrientation.Auto, minVizHeight: options.minVizHeight, maxVizHeight: options.maxVizHeight }}
      getValues={() => values(props)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, width, height, orientation }) =>
        linked(value, (menu) => (
          <BarGauge
            {...{ width, height, orientation, alignmentFactors, theme: config.theme2, text: options.text }}
            {...{ displayMode: options.displayMode, showUnfilled: options.showUnfilled, valueDisplayMode: options.valueMode }}
            {...{ value: value.display, field: value.field, display: value.view?.getFieldDisplayProcessor(value.colIndex ?? 0) }}
            {...{ namePlacement: options.namePlacement, itemSpacing: 8, lcdCellWidth: 12, onClick: menu?.openMenu, className: menu?.targetClassName }}
          />
        ))
      }
    />
  );
}
