"""The widget's files as they go out: small, compressed, the modules of the chat as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

import askms
from askms.api.assets import ENTRY, joined

WIDGET = Path(askms.__path__[0]) / "widget"
NEEDED = ("widget.js", ENTRY, "askms-chat.css")
"""All that a browser loads to show the chat."""


def _write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


@pytest.mark.parametrize("name", NEEDED)
def test_scripts_and_styles_go_out_small(client: TestClient, name: str) -> None:
    response = client.get(f"/{name}", headers={"accept-encoding": "gzip"})

    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "Accept-Encoding"
    assert "/**" in (WIDGET / name).read_text("utf-8") or name.endswith(".css")
    assert "/**" not in response.text


def test_the_whole_widget_weighs_at_most_20_kilobytes(client: TestClient) -> None:
    weights = {
        name: int(client.get(f"/{name}", headers={"accept-encoding": "gzip"}).headers["content-length"])
        for name in NEEDED
    }

    assert sum(weights.values()) <= 20_000, weights


def test_a_browser_without_gzip_gets_plain_files(client: TestClient) -> None:
    response = client.get(f"/{ENTRY}", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in response.headers
    assert "extends HTMLElement" in response.text


def test_a_file_that_a_browser_has_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(f"/{ENTRY}").headers["etag"]

    again = client.get(f"/{ENTRY}", headers={"if-none-match": etag})
    other = client.get(f"/{ENTRY}", headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert other.status_code == 200


def test_modules_are_joined_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    main = _write(
        tmp_path,
        main='import { two } from "./two.js"\nimport { one } from "./one.js"\nexport const sum = one + two()\n',
        two='import { one } from "./one.js"\nconst own = 2\nexport function two() { return own * one }\n',
        one="const own = 1\nexport const one = own\n",
    )

    text = joined(main)

    assert text.index("$one = ") < text.index("$two = ") < text.index("$main = ")
    assert text.count("$one = ") == 1
    assert "import" not in text
    assert text.endswith("export const { sum } = $main\n")


def test_everything_that_the_modules_import_is_in_the_one_file() -> None:
    text = joined(WIDGET / ENTRY)

    assert 'from "./' not in text
    for module in WIDGET.glob("*.js"):
        if module.name != "widget.js":
            assert f"const ${module.stem.replace('-', '_')} = " in text


def test_modules_that_need_each_other_are_named(tmp_path: Path) -> None:
    main = _write(tmp_path, main='import { a } from "./other.js"\n', other='import { b } from "./main.js"\n')

    with pytest.raises(ValueError, match=r"main.js imports itself by way of main.js, other.js. Break the circle."):
        joined(main)
