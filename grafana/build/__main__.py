"""`python -m grafana.build` writes grafana/dashboards/*.json."""

from grafana.build.files import DASHBOARDS, written

DASHBOARDS.mkdir(exist_ok=True)
for name, text in written().items():
    (DASHBOARDS / name).write_text(text, encoding="utf-8")
