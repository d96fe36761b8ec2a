"""Holds answers of the API against its own OpenAPI document: operation, status, type of content,
and every member of a JSON body, documented ones only."""
import copy
import json
import re

import jsonschema

METHODS = ("get", "post", "put", "delete")


def closed(schema, in_all_of=False):
    """The schema with members refused that it does not name, also where `allOf` composes it."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        if key in ("properties", "$defs", "patternProperties"):
            made[key] = {name: closed(part) for name, part in value.items()}
        elif key == "allOf":
            made[key] = [closed(part, True) for part in value]
        elif key in ("enum", "const", "default", "example", "examples", "required"):
            made[key] = value
        else:
            made[key] = closed(value)
    if not in_all_of and "additionalProperties" not in made and (
            "properties" in made or "allOf" in made or "$ref" in made):
        made.setdefault("unevaluatedProperties", False)
    return made


class Document:
    """The document, what was held against it, and what it has that was never seen."""

    def __init__(self, text):
        self.doc = json.loads(text)
        self.seen = set()  # (method, path, status)
        self.operations = {}
        components = copy.deepcopy(self.doc.get("components", {}))
        # Components stay open: whoever refers to one closes it, or composes it by allOf.
        components["schemas"] = {
            name: {key: value for key, value in closed(schema).items()
                   if key != "unevaluatedProperties" or "allOf" in schema}
            for name, schema in components.get("schemas", {}).items()}
        self.resolver = jsonschema.RefResolver("", {"components": components})
        for path, item in self.doc["paths"].items():
            pattern = re.compile(re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path)) + "$")
            for method in METHODS:
                if method in item:
                    self.operations[(method, path)] = (pattern, item[method])

    def pointed(self, thing):
        """What a reference stands for."""
        while "$ref" in thing:
            at = self.doc
            for part in thing["$ref"].removeprefix("#/").split("/"):
                at = at[part.replace("~1", "/").replace("~0", "~")]
            thing = at
        return thing

    def find(self, method, path):
        """The operation of a request: the one whose path has the fewest parameters."""
        found = [(key[1].count("{"), key) for key, (pattern, _) in self.operations.items()
                 if key[0] == method.lower() and pattern.match(path.split("?")[0])]
        if not found:
            raise AssertionError(f"{method} {path} is not in the document")
        return min(found)[1]

    def hold(self, method, path, status, kind, body):
        """Raises when the answer is none the document allows."""
        key = self.find(method, path)
        where = f"{method} {path} answered {status}"
        responses = self.operations[key][1]["responses"]
        if str(status) not in responses:
            raise AssertionError(f"{where}: only {sorted(responses)} are documented: {body[:300]}")
        content = self.pointed(responses[str(status)]).get("content", {})
        self.seen.add((*key, str(status)))
        kind = (kind or "").split(";")[0]
        if not content and not body:
            return
        if kind not in content:
            raise AssertionError(f"{where} as {kind!r}: documented are {sorted(content)}")
        if not kind.endswith("json"):
            return
        schema = content[kind].get("schema")
        if schema is None:
            raise AssertionError(f"{where}: no schema")
        check = jsonschema.Draft202012Validator(closed(schema), resolver=self.resolver)
        for fault in check.iter_errors(json.loads(body)):
            raise AssertionError(f"{where}: at {list(fault.absolute_path)}: {fault.message[:300]}")

    def unseen(self, statuses):
        """Operations whose answers with a status out of `statuses` were never seen."""
        return sorted(f"{method.upper()} {path} {status}"
                      for (method, path), (_, operation) in self.operations.items()
                      for status in operation["responses"]
                      if status in statuses and (method, path, status) not in self.seen)
