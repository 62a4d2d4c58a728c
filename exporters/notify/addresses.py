"""Where an alert leads: its runbook, its dashboard and its footage, at the addresses where people reach them."""

from dataclasses import dataclass
from urllib.parse import quote

from nvr.settings import WebSettings


@dataclass(frozen=True, slots=True)
class Addresses:
    """Each begins the addresses below it. `grafana_url` is empty where nobody said it: there is no link then."""

    url: str
    runbooks_url: str
    grafana_url: str = ""

    @staticmethod
    def of(web: WebSettings, base_url: str) -> "Addresses":
        """`base_url` is where this machine reaches the recorder, for where nobody said more."""
        url = web.external_url or base_url
        return Addresses(url, f"{web.docs_url}/docs/runbooks/" if web.docs_url else f"{url}/runbooks/", web.grafana_url)

    @staticmethod
    def said(web: WebSettings) -> "Addresses":
        """Those that somebody said, for readers on other machines: they know better where they reach this one."""
        found = Addresses.of(web, "")
        return Addresses(found.url, found.runbooks_url if web.docs_url or web.external_url else "", found.grafana_url)

    @property
    def alerts_url(self) -> str:
        return f"{self.url}/alerts"

    def annotations(self, alert: str, dashboard: str, site: str, camera: str = "") -> dict[str, str]:
        """As the rules have them: a page ends in `.md`, as the file is named wherever it is read."""
        of_camera = f"&var-camera={camera}" if camera else ""
        query = f"?var-site={quote(site, safe='')}{of_camera}"
        found = {
            "runbook_url": f"{self.runbooks_url}{alert}.md",
            "dashboard_url": f"{self.grafana_url}/d/{dashboard}{query}" if self.grafana_url else "",
            "playback_url": f"{self.url}/play?camera={camera}" if camera else "",
        }
        return {name: address for name, address in found.items() if address}
