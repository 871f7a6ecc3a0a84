"""A stand-in of the service: it refuses names that stand, and deletes nothing in use.

It knows updates, components and rollbacks, and each of them ends at once. It is not AWS.
"""

from __future__ import annotations

import re
from typing import Any


class RefusedError(Exception):
    """What the service does not do."""


class Service:
    """What stands: models and configurations by name, and the configuration of each endpoint."""

    def __init__(self) -> None:
        self.models: dict[str, Any] = {}
        self.configs: dict[str, Any] = {}
        self.endpoints: dict[str, str] = {}
        self.components: dict[str, Any] = {}
        self.changes: list[str] = []
        self.turns_back = False  # the next update, because an alarm goes off
        self.reason: dict[str, str] = {}

    def call(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        """The answer of one operation; raises ``RefusedError`` as the service does."""
        kind = re.sub("^(Create|Describe|Delete|Update|List)", "", operation).rstrip("s")
        tables: dict[str, dict[str, Any]] = {
            "Model": self.models,
            "EndpointConfig": self.configs,
            "Endpoint": self.endpoints,
            "InferenceComponent": self.components,
        }
        if kind not in tables:
            return {"PolicyARN": "arn:policy", "TopicArn": "arn:topic"}
        table = tables[kind]
        if operation.startswith("List"):
            return {f"{kind}s": [{f"{kind}Name": name} for name in table]}
        name = given[f"{kind}Name"]
        if operation.startswith("Create") == (name in table):
            said = "Cannot create already existing" if name in table else "Could not find"
            raise RefusedError(f"{said} {name}")
        if operation.startswith("Describe"):
            return self._described(kind, name)
        self.changes.append(operation)
        if operation.startswith("Delete"):
            self._unused(kind, name)
            del table[name]
        elif kind == "Endpoint":
            self._served(name, given["EndpointConfigName"])
        else:
            for model in re.findall("'ModelName': '([^']*)'", str(given)) * (kind != "Model"):
                if model not in self.models:
                    raise RefusedError(f"{name} names {model}, which does not stand")
            table[name] = {**table.get(name, {}), **given}
        return {}

    def _served(self, name: str, config: str) -> None:
        if config not in self.configs:
            raise RefusedError(f"Could not find {config}")
        self.reason = {}
        if name in self.endpoints and self.turns_back:
            self.turns_back, self.reason = False, {"FailureReason": "an alarm went off"}
        else:
            self.endpoints[name] = config

    def _described(self, kind: str, name: str) -> dict[str, Any]:
        if kind == "Endpoint":
            config = {"EndpointConfigName": self.endpoints[name]}
            return {"EndpointStatus": "InService", **config, **self.reason}
        if kind == "InferenceComponent":
            return {"InferenceComponentStatus": "InService", **self.components[name]}
        found: dict[str, Any] = (self.models if kind == "Model" else self.configs)[name]
        return found

    def _unused(self, kind: str, name: str) -> None:
        """Models of configurations and components, and configurations of endpoints, are in use."""
        users = {
            "Model": [*self.configs.values(), *self.components.values()],
            "EndpointConfig": list(self.endpoints.values()),
            "Endpoint": list(self.components.values()),
        }.get(kind, [])
        if any(f"'{name}'" in f"'{user}'" for user in users):
            raise RefusedError(f"{name} is in use")
