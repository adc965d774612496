"""What the API says of itself (OpenAPI), held against what it does: schemathesis asks every address with what the
description allows and with what it does not, and looks whether anything breaks or differs."""

import requests
import schemathesis
from harness.check import check
from harness.steer import PATIENCE_S
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from story import Story
from town import Town, picture

# Streams do not end, and a token that was taken back asks no further.
LEFT_OUT = ("/api/v1/streaming", "/oauth/revoke")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Of each kind (what is described, what is not) of each address.
EXAMPLES = 8
SCOPES = "read write follow push profile admin:read admin:write"


def tell(town: Town, story: Story):
    alice, bodil, _ = town.people
    token = town.token(town.register("Description", SCOPES), alice)
    asks = {"authorization": f"Bearer {token}"}
    things = fill(town, asks, town.token(town.register("Other", SCOPES), bodil))

    document = requests.get(f"{town.url}/api/comity/v1/openapi.json", timeout=PATIENCE_S).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=town.url)
    operations = [found.ok() for found in schema.get_all_operations()]
    # What is there is read before it is changed, and changed before it is taken away.
    operations.sort(key=lambda operation: ["get", "put", "patch", "post", "delete"].index(operation.method.lower()))
    for operation in operations:
        if not operation.path.startswith(LEFT_OUT):
            check(operation.label, lambda operation=operation: holds(operation, asks, things))


def fill(town: Town, asks: dict, others: dict) -> dict[str, list[str]]:
    """Puts something there to be asked for. By what stands before `{id}` in an address."""
    def post(path: str, token_header=asks, **fields):
        answer = requests.post(f"{town.url}{path}", json=fields, headers=token_header, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()["id"]

    other = {"authorization": f"Bearer {others}"}
    me = requests.get(f"{town.url}/api/v1/accounts/verify_credentials", headers=asks, timeout=PATIENCE_S).json()["id"]
    them = requests.get(f"{town.url}/api/v1/accounts/verify_credentials", headers=other, timeout=PATIENCE_S).json()["id"]
    with picture(town.folder / "tea.png").open("rb") as file:
        sent = requests.post(f"{town.url}/api/v2/media", files={"file": file}, headers=asks, timeout=PATIENCE_S)
    sent.raise_for_status()
    post(f"/api/v1/accounts/{me}/follow", other)
    statuses = [
        post("/api/v1/statuses", status="A post about #tea"),
        post("/api/v1/statuses", other, status="@alice Hello", visibility="direct"),
        post("/api/v1/statuses", status="With a picture", media_ids=[sent.json()["id"]]),
        post("/api/v1/statuses", status="Tea?", poll={"options": ["Yes", "No"], "expires_in": 3600}),
    ]
    poll = requests.get(f"{town.url}/api/v1/statuses/{statuses[-1]}", headers=asks, timeout=PATIENCE_S).json()["poll"]["id"]
    requests.post(f"{town.url}/api/v1/statuses/{statuses[0]}/favourite", headers=other, timeout=PATIENCE_S)
    told = requests.get(f"{town.url}/api/v1/notifications", headers=asks, timeout=PATIENCE_S).json()
    return {
        "accounts": [me, them],
        "statuses": statuses,
        "polls": [poll],
        "notifications": [one["id"] for one in told],
        "lists": [post("/api/v1/lists", title="Friends")],
        "filters": [post("/api/v2/filters", title="Tea", context=["home"], keywords_attributes=[{"keyword": "tea"}])],
        "media": [sent.json()["id"]],
        "tags": ["tea"],
        "tag": ["tea"],
    }


def holds(operation, asks: dict, things: dict[str, list[str]]) -> bool:
    words = operation.path.split("/")
    kinds = {word.strip("{}"): before for before, word in zip(words, words[1:]) if word.startswith("{")}
    for mode in schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE:
        turns = iter(range(10**9))

        @seed(1)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            # Every other time it is about what there is.
            if next(turns) % 2 == 0:
                for name, kind in kinds.items():
                    if things.get(kind):
                        case.path_parameters[name] = things[kind][next(turns) % len(things[kind])]
            answer = case.call(headers=asks, timeout=PATIENCE_S)
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except Unsatisfiable:
            # Where there is nothing to fill in, nothing can be filled in wrongly.
            if mode is schemathesis.GenerationMode.POSITIVE:
                raise
        except BaseExceptionGroup as failures:
            raise AssertionError("; ".join(line_of(failure) for failure in failures.exceptions)) from None
    return True


def line_of(failure: BaseException) -> str:
    """What was wrong and how to ask again, without the answer as a whole."""
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return " ".join(line for line in lines if not line.startswith("`"))[:600]
