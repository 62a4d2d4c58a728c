// The page: one dashboard, named in the address, drawn by Grafana's own packages with live data.
import { ThemeContext } from "@grafana/data";
import { config, LocationServiceProvider, locationService } from "@grafana/runtime";
import { GlobalStyles, PortalContainer } from "@grafana/ui";
import { createRoot } from "react-dom/client";
import { Router } from "react-router-dom";
import { CompatRouter } from "react-router-dom-v5-compat";
import { ClickHouse } from "./clickhouse";
import { start } from "./grafana";
import { PLUGINS } from "./panels";
import { Prometheus } from "./prometheus";
import { scene } from "./scene";

const asked = new URLSearchParams(location.search);
const cameras = (asked.get("cameras") ?? "").split(",");
const dashboard = await (await fetch(`/dashboards/${asked.get("name")}.json`)).json();

start([new Prometheus(), new ClickHouse()], PLUGINS);
const drawn = scene(dashboard, { minutes: Number(asked.get("minutes") ?? 5), cameras });
createRoot(document.getElementById("dashboard")!).render(
  <ThemeContext.Provider value={config.theme2}>
    <LocationServiceProvider service={locationService}>
      <Router history={locationService.getHistory()}>
        <CompatRouter>
          <GlobalStyles />
          <drawn.Component model={drawn} />
          <PortalContainer />
        </CompatRouter>
      </Router>
    </LocationServiceProvider>
  </ThemeContext.Provider>,
);
