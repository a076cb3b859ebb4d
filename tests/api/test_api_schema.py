"""The OpenAPI schema is valid, and the application keeps to it whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from askms.api import create_app
from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file
