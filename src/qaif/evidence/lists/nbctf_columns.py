"""The columns of Israel's lists as they are headed, in English and Hebrew, and the rows below them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qaif.evidence.lists.spreadsheet import Cell, Row

HEADINGS: dict[str, tuple[str, ...]] = {
    "schema": ("schema", "type", "סוג"),
    "name": ("full name", "name", "organization name", "name (english)", "english name", "שם מלא", "שם"),
    "name_he": ("name (hebrew)", "hebrew name", "organization name - hebrew", "שם בעברית"),
    "name_ar": ("name (arabic)", "arabic name", "organization name - arabic", "שם בערבית"),
    "alias": ("alias", "aliases", "a.k.a", "aka", "additional names", "כינוי", "שמות נוספים"),
    "dob": ("dob", "date of birth", "תאריך לידה"),
    "id_no": ("id_no", "id", "id number", "identity number", "ת.ז", "ת.ז.", "תעודת זהות", "מספר זהות"),
    "id_country": ("id_country", "id country"),
    "passport_no": ("passport_no", "passport", "passport number", "דרכון", "מספר דרכון"),
    "passport_country": ("passport_country", "passport country"),
    "wallet": (
        *("wallet_address", "wallet address", "wallet", "e-wallet address", "e-wallet address/user id"),
        *("e-wallet", "wallet address/user id", "כתובת ארנק", "ארנק", "כתובת ארנק/מזהה משתמש"),
    ),
    "account": ("account_id", "account id", "user id", "uid", "מזהה משתמש"),
    "platform": ("platform", "exchange", "פלטפורמה", "זירה"),
    "currency": ("currency", "coin", "מטבע", "סוג מטבע"),
    "order": ("order_id", "order", "order number", "order no", "aso", "צו", "מספר צו", "צ.ת"),
    "start": (
        "start_date",
        "start date",
        "issue date",
        "valid from",
        "date of designation",
        "תאריך הוצאה",
        "תאריך הכרזה",
    ),
    "end": ("end_date", "end date", "valid until", "validity", "expiry", "expires", "תוקף", "בתוקף עד"),
    "updated": ("last_updated", "last updated", "update date", "תאריך עדכון"),
    "order_url": ("order_url", "order url"),
    "annex_url": ("annex_url", "annex url"),
    "forfeiture_url": ("forfeiture_order_url", "forfeiture order url"),
}
_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_FEWEST = 2


@dataclass(frozen=True)
class Entry:
    """One row below headings.

    Attributes:
        locator: its sheet and number.
        values: its cells by the name of their column; the first where a heading stands twice.
    """

    locator: str
    values: dict[str, Cell]

    def text(self, name: str) -> str:
        """What a column says; empty where there is none."""
        found = self.values.get(name)
        return found.text if found else ""


def columns_of(row: Row) -> dict[int, str]:
    """The columns that a row of headings names; none where it is no such row."""
    found: dict[int, str] = {}
    for at, cell in enumerate(row.cells):
        name = _BY_HEADING.get(" ".join(cell.text.lower().strip(" :*").split()))
        if name and name not in found.values():
            found[at] = name
    telling = {"wallet", "account", "order", "name"} & set(found.values())
    return found if telling and len(found) >= _FEWEST else {}


def entries(rows: Iterable[Row]) -> Iterator[Entry]:
    """Every row below a row of headings, until the next one."""
    columns: dict[int, str] = {}
    sheet = ""
    for row in rows:
        if row.sheet != sheet:
            sheet, columns = row.sheet, {}
        headed = columns_of(row)
        if headed:
            columns = headed
        elif columns:
            values = {name: row.cells[at] for at, name in columns.items() if at < len(row.cells)}
            if any(cell.text for cell in values.values()):
                yield Entry(f"{row.sheet}, row {row.number}", values)


def is_orders(found: Sequence[Entry]) -> bool:
    """They are orders with wallets, not designations of organisations."""
    return any("wallet" in each.values or "account" in each.values for each in found)
