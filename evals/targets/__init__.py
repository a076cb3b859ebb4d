"""Systems under test, opened by name."""

from __future__ import annotations

from typing import Final

from evals.responses import Target

CHOICES: Final = "askms, langchain, langchain:PROVIDER:MODEL or endpoint:URL#MODEL"


def open_target(spec: str) -> Target:
    """Open a system under test; models and indexes are loaded here, so that no question pays for it.

    Args:
        spec: `askms`; `langchain` (the baseline that shows the best passage); `langchain:openai:gpt-5-mini` (the same
            retrieval with a chat model); `endpoint:https://host/v1#model` (anything that speaks OpenAI's chat format).

    Raises:
        ValueError: no such target.
        AskmsError: there is no usable index or model.
    """
    kind, _, rest = spec.partition(":")
    if spec == "askms":
        from askms import Assistant
        from evals.targets.own import Own

        return Own(Assistant.open())
    if spec == "langchain" or (kind == "langchain" and all(rest.partition(":"))):
        from evals.targets.chain import open_chain

        return open_chain(rest or None)
    if kind == "endpoint":
        from evals.targets.endpoint import open_endpoint

        return open_endpoint(rest)
    raise ValueError(f"There is no target {spec!r}. Choose {CHOICES}.")
