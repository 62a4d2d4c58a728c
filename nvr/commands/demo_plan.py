"""What the demonstration's programs are told: the recorder's configuration and Prometheus's."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FLAKY = "yard"
"""The camera that freezes and dies now and then."""

RULES = Path(__file__).parents[2] / "prometheus" / "rules"
"""The alerting rules of a checkout; an installed package has none."""

HEADER = "# Written by `nvr demo` whenever it starts: changes here are lost.\n"


def nvr_configuration(directory: Path, urls: Mapping[str, str], port: int) -> Path:
    """Written to `directory`, which also holds everything that it names."""
    cameras: dict[str, Any] = {name: {"record": url} for name, url in urls.items()}
    cameras["front-door"]["zones"] = {
        "door": {"points": [[0.58, 0.3], [0.88, 0.3], [0.88, 0.9], [0.58, 0.9]], "alert": True}
    }
    config = {
        "site": "demo",
        "storage": {"path": "./recordings", "segment": "10s", "budget": "5GB"},
        "database": {"dsn": "chdb:///./clickhouse", "spool": "./spool"},
        "web": {"listen": f"127.0.0.1:{port}"},
        "cameras": cameras,
    }
    return _written(directory / "nvr.yaml", config)


def prometheus_configuration(directory: Path, port: int) -> Path:
    """As prometheus/prometheus.yml, but for the recorder's port, a quicker look, and no Alertmanager."""
    job = {
        "job_name": "nvr",
        "honor_labels": True,
        "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"site": "demo"}}],
    }
    intervals = {"scrape_interval": "5s", "evaluation_interval": "5s"}
    rules = [str(RULES / "*.yml")] if RULES.is_dir() else []
    config = {"global": intervals, "rule_files": rules, "scrape_configs": [job]}
    return _written(directory / "prometheus.yml", config)


def free_port(preferred: int = 0) -> int:
    """`preferred` where nobody has it, else one that the kernel chooses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _written(file: Path, config: Mapping[str, Any]) -> Path:
    file.write_text(HEADER + yaml.safe_dump(dict(config), sort_keys=False))
    return file
