"""How the learned parts of the guardrails were learned; not part of the package."""
