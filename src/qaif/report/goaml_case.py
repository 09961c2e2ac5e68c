"""A case's goAML report as a new file, validated against the schema that the user has of the FIU."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lxml import etree

from qaif.errors import InputError
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer, as_json, weakest
from qaif.questions.case_material import material
from qaif.questions.cases import request_of
from qaif.records.documents import utc_stamp
from qaif.report.goaml import Head, goaml
from qaif.workspace.new_files import new_file

_LARGEST = 16 << 20
_MOST_SHOWN = 5
_XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True)
class GoamlRequest:
    """What the user says of the report; see `Head`."""

    rentity_id: int
    by: str | None
    reason: str
    codes: dict[str, str]
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoamlAnswer(Answer):
    """A report that was written.

    Attributes:
        case: which.
        file: where.
        schema: the file that it was validated against.
        transactions: how many it holds; none where it holds an activity.
        currency: of every amount in it.
    """

    case: str
    file: Path
    schema: Path
    transactions: int
    currency: str


def write_goaml(  # noqa: PLR0913, PLR0917  from where, which, where to, by what, said how, when
    path: Path, name: str, out: Path, schema: Path, asked: GoamlRequest, now: datetime
) -> GoamlAnswer:
    """Write a case as goAML XML; nothing is written where it does not validate.

    Args:
        path: the workspace's folder.
        name: the case.
        out: a file that is not there yet.
        schema: the FIU's XSD.
        asked: what the user says of the report.
        now: the moment.

    Raises:
        InputError: the schema cannot be used, or the report does not validate against it.
        NotFoundError: there is no such case.
        UsageError: a code or person that there is not, no name of who reports, or a case without an address.
        OutputError: the file is there already, or cannot be written.
    """
    rules = _schema(schema)
    by = analyst_named(asked.by)
    found = material(path, request_of(path, name), now)
    head = Head(asked.rentity_id, name, by, utc_stamp(now), asked.reason, asked.codes, asked.confirmed)
    content, layers = goaml(as_json(found), head)
    check_valid(content, rules, schema)
    with new_file(out) as draft:
        draft.write_bytes(content)
    return GoamlAnswer(
        layer=weakest([found.layer, *layers, "claim" if asked.confirmed else "fact"]),
        basis={"pins": found.pins},
        as_of=found.as_of,
        coverage=found.coverage,
        case=name,
        file=out,
        schema=schema,
        transactions=len(layers),
        currency="XBT",
    )


def check_valid(content: bytes, rules: etree.XMLSchema, schema: Path) -> None:
    """Refuse a report that its schema refuses.

    Raises:
        InputError: with the schema's own words and the line of each, the first few of them.
    """
    if rules.validate(etree.fromstring(content, _parser())):
        return
    log: Any = rules.error_log
    faults = [f"line {one.line}: {one.message}" for one in log]
    more = f" And {len(faults) - _MOST_SHOWN} more." if len(faults) > _MOST_SHOWN else ""
    raise InputError(
        f"The report is not valid by {schema}, and was not written. {' '.join(faults[:_MOST_SHOWN])}{more}",
        way_out="Give the codes of the FIU's lists with --code; no other fields or order are made.",
    )


def _schema(path: Path) -> etree.XMLSchema:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than {_LARGEST >> 20} MiB.", way_out="Name an XSD.")
        tree = etree.parse(path, _parser())
        _refuse_remote(tree, path)
        return etree.XMLSchema(tree)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.", way_out="Name an XSD."
        ) from error
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise InputError(
            f"{path} is no XML schema: {error}.", way_out="Name the XSD that the FIU publishes."
        ) from error


def _refuse_remote(tree: "etree._ElementTree", path: Path) -> None:
    """A schema that has parts elsewhere would be asked for there."""
    for one in tree.iter(f"{_XS}include", f"{_XS}import", f"{_XS}redefine"):
        where = str(one.get("schemaLocation", ""))
        if "://" in where:
            raise InputError(
                f"{path} has a part at {where[:200]}, and nothing is fetched.",
                way_out="Put that file beside it, and name it there without a host.",
            )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False)
