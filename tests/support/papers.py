"""Documents of every kind, made anew: what a person would have saved."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any

ADDRESS = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
OTHER = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
ARABIC = "عنوان محفظة"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(*pages: str, link: str | None = None) -> bytes:
    """A PDF whose text is drawn, as a program that prints draws it."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    into = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(into, metadata={"Title": "A leaflet"}) as book:
        for page in pages:
            figure = Figure((8, 4))
            if page:
                figure.text(0.05, 0.5, page, fontsize=8, url=link)
            book.savefig(figure)
    return into.getvalue()


def pdf_of(contents: bytes, resources: str = "", extra: Sequence[bytes] = ()) -> bytes:
    """A PDF of one page with the given content stream, written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R {resources} >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(contents), contents),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *extra,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


FONT = "/Resources << /Font << /F1 5 0 R >> >>"


def picture(text: str, form: str = "PNG", **saved: Any) -> bytes:
    """A picture of a QR code."""
    import zxingcpp
    from PIL import Image

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    into = io.BytesIO()
    Image.fromarray(made.to_image(scale=4)).convert("RGB").save(into, form, **saved)
    return into.getvalue()


def mail(text: str, attached: Mapping[str, bytes] | None = None, html: str = "", subject: str = "x") -> bytes:
    """An e-mail."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Ann <ann@example.org>", "bob@example.org", subject
    made["Date"], made["Message-ID"] = "Mon, 20 Jan 2020 10:00:00 +0000", "<1@example.org>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, content in (attached or {}).items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for number, part in enumerate(made.walk()):
        if part.is_multipart():
            part.set_boundary(f"=={number}==")
    return made.as_bytes()


def message(number: int, text: object, **more: object) -> dict[str, object]:
    """A message as Telegram exports it."""
    return {
        "id": number,
        "type": "message",
        "date": "2020-01-19T12:00:00",
        "date_unixtime": "1579435200",
        "from": "The channel",
        "from_id": "channel1",
        "text": text,
        "text_entities": [],
        **more,
    }


def telegram(messages: Sequence[object], name: str = "Appeal", *, ascii_only: bool = False) -> bytes:
    """A `result.json` of one chat."""
    chat = {"name": name, "type": "public_channel", "id": 7, "messages": list(messages)}
    return json.dumps(chat, ensure_ascii=ascii_only, indent=1).encode()


def docx(body: str, links: Mapping[str, str] | None = None) -> bytes:
    """A Word document."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>")
        rows = "".join(
            f'<Relationship Id="{name}" Target="{target}" TargetMode="External"/>'
            for name, target in (links or {}).items()
        )
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{space}">{rows}</Relationships>'
        )
    return into.getvalue()


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)  # of 1980, so that equal members make equal archives
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return into.getvalue()
