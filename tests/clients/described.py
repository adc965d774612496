"""What the API says of itself (OpenAPI), held against what it does: schemathesis asks every address with what the
description allows and with what it does not, and looks whether anything breaks or differs. Before that, each is asked what
is answered well (`well.py`), by an admin, a member, an app that may read posts alone and a visitor; an address that never
answers well stands in `never_well.txt`."""

from pathlib import Path

import requests
import schemathesis
from harness.check import check
from harness.steer import PATIENCE_S
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from seeds import Seeds, line
from story import Story
from town import Town
from well import WELL, Question

# Streams do not end, and a token that was taken back asks no further.
LEFT_OUT = ("/api/v1/streaming", "/oauth/revoke")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Of each kind (what is described, what is not) of each address.
EXAMPLES = 8
SCOPES = "read write follow push profile admin:read admin:write"
NARROW = "read:statuses"
LIST = Path(__file__).with_name("never_well.txt")


def tell(town: Town, story: Story):
    alice, bodil, chidi = town.people
    app = town.register("Description", SCOPES)
    mine = town.token(app, alice)
    seeds = Seeds(town, app, mine, town.token(town.register("Other", SCOPES), bodil))
    others = {
        "a member": town.token(app, chidi),
        "an app that reads posts": town.token(town.register("Narrow", NARROW), alice),
        "a visitor": None,
    }

    document = requests.get(f"{town.url}/api/comity/v1/openapi.json", timeout=PATIENCE_S).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=town.url)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if not operation.path.startswith(LEFT_OUT)]
    # What is there is read before it is changed, and changed before it is taken away.
    operations.sort(key=lambda operation: ["get", "put", "patch", "post", "delete"].index(operation.method.lower()))
    went_well = set()
    for operation in operations:
        check(operation.label, lambda operation=operation: holds(operation, seeds, others, went_well))
    for label in WELL:
        check(f"{label} of well.py is an address", label in {operation.label for operation in operations})
    compare({operation.label for operation in operations}, went_well)


def compare(all_labels: set[str], went_well: set[str]):
    """Every address answers well, or stands in the list with a reason."""
    never, seldom = {}, {}
    for line in LIST.read_text().splitlines():
        if line and not line.startswith("#"):
            label, how, why = (part.strip() for part in line.split("|"))
            {"never": never, "seldom": seldom}[how][label] = why
    for label in sorted(all_labels - never.keys() - seldom.keys()):
        check(f"{label} answers well", label in went_well)
    for label in never:
        check(f"{label} (take it off {LIST.name}: it answers well now)", label not in went_well)
    for label in never | seldom:
        check(f"{label} of {LIST.name} is an address", label in all_labels)


def holds(operation, seeds: Seeds, others: dict[str, str | None], went_well: set[str]) -> bool:
    things = things_of(operation.path, seeds)
    make = WELL.get(operation.label, lambda seeds: Question())
    question = make(seeds)
    for name, known in things.items():
        if known:
            question.named.setdefault(name, known[0])
    # Who may do less asks first: what is taken away is there for whoever may take it.
    for who, token in [*reversed(others.items()), ("an admin", question.token or seeds.mine)]:
        answer = ask_well(seeds.line, operation, question, token)
        try:
            operation.Case().validate_response(answer, checks=CHECKS)
        except BaseExceptionGroup as failures:
            raise AssertionError(f"for {who}: {told_by(failures)}") from None
        if answer.ok:
            went_well.add(operation.label)

    for mode in schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE:
        turns = iter(range(10**9))

        @seed(1)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            # Every other time it is about what there is.
            if next(turns) % 2 == 0:
                for name, known in things.items():
                    if known:
                        case.path_parameters[name] = known[next(turns) % len(known)]
            answer = case.call(session=line(), headers=headers_of(seeds.mine), timeout=PATIENCE_S)
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except Unsatisfiable:
            # Where there is nothing to fill in, nothing can be filled in wrongly.
            if mode is schemathesis.GenerationMode.POSITIVE:
                raise
        except BaseExceptionGroup as failures:
            raise AssertionError(told_by(failures)) from None
    return True


def things_of(path: str, seeds: Seeds) -> dict[str, list[str]]:
    """What there is for each name in an address: by all that stands before it, or by the word before it."""
    found = {}
    for part in path.split("{")[1:]:
        name = part.split("}")[0]
        before = path[: path.index("{" + name)].rstrip("/")
        word = before.rsplit("/", 1)[1]
        found[name] = seeds.things.get(before) or seeds.things.get(f"/api/v1/{word}", [])
    return found


def ask_well(line: requests.Session, operation, question: Question, token: str | None) -> requests.Response:
    path = operation.path
    for name, value in question.named.items():
        path = path.replace("{" + name + "}", value)
    more = {"params": question.params, "json": question.json, "files": question.files}
    address = f"{operation.base_url}{path}"
    return line.request(operation.method, address, headers=headers_of(token), timeout=PATIENCE_S, **more)


def headers_of(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def told_by(failures: BaseExceptionGroup) -> str:
    return "; ".join(line_of(failure) for failure in failures.exceptions)


def line_of(failure: BaseException) -> str:
    """What was wrong and how to ask again, without the answer as a whole."""
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return " ".join(line for line in lines if not line.startswith("`"))[:600]
