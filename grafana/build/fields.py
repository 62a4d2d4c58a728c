"""How a table's columns are shown, and where they lead."""

from typing import Any

Override = dict[str, Any]

PLAY = "/nvr/play?camera=${__data.fields.camera}&t=${__data.fields.moment}"


def column(name: str, **properties: Any) -> Override:
    """`custom_width=90` stands for `custom.width`."""
    shown = [{"id": key.replace("custom_", "custom."), "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": shown}


def hidden(name: str) -> Override:
    """There to make links of."""
    return column(name, custom_hidden=True)


def thumbnail(name: str) -> Override:
    """Addresses shown as the pictures they lead to, opening playback."""
    cell = {"type": "image", "alt": "the picture at that moment"}
    return column(name, custom_cellOptions=cell, custom_width=120, links=[link("Play", PLAY)])


def link(title: str, url: str) -> dict[str, Any]:
    return {"title": title, "url": url, "targetBlank": True}


def coloured(name: str, mappings: list[dict[str, Any]], width: int) -> Override:
    """A word on its colour."""
    cell = {"type": "color-background", "mode": "basic"}
    return column(name, custom_cellOptions=cell, mappings=mappings, custom_width=width)


def words(colours: dict[str, str]) -> list[dict[str, Any]]:
    """Texts in their colours."""
    options = {word: {"color": colour, "index": index} for index, (word, colour) in enumerate(colours.items())}
    return [{"type": "value", "options": options}]


def organised(*names: str, hide: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """These columns in this order, without the ones that Prometheus adds."""
    away = dict.fromkeys(("Time", "__name__", *hide), True)
    order = {name: place for place, name in enumerate(names)}
    return [
        {
            "id": "organize",
            "options": {"excludeByName": away, "includeByName": {}, "indexByName": order, "renameByName": {}},
        }
    ]
