"""Pictures: their QR codes by ZXing, texts beside the picture, a plain copy for OCR. Runs in a child."""

import io
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from qaif.errors import DocumentError
from qaif.evidence.reading.apart_child import Found
from qaif.evidence.reading.shape import Section

VERSION = 1
MOST_PIXELS = 100_000_000
MOST_FRAMES = 50
_MOST_PIXELS_OF_ALL = 400_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WAY_OUT = "Save a smaller copy of the picture, or cut out the part that matters."


def prepare() -> None:
    """Import what is needed before the limits hold."""
    import zxingcpp
    from PIL import GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    assert all((zxingcpp, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin))  # noqa: S101


def read(content: bytes, *, for_ocr: bool = False) -> Found:
    """Read a picture.

    Raises:
        DocumentError: it is damaged, or too large.
    """
    import PIL
    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    reader = f"picture {VERSION} (Pillow {PIL.__version__}, zxing-cpp {version('zxing-cpp')})"
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            found = Found(reader, str(Image.MIME.get(image.format or "", "image/*")))
            _metadata(image, found)
            for number, frame in enumerate(_frames(image, found), 1):
                add_codes(frame, f"frame {number}, " if number > 1 else "", found)
                if for_ocr and number == 1:
                    found.ocr_pictures.append(("the picture", as_png(frame)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DocumentError(f"The picture has more than {MOST_PIXELS:,} pixels.", way_out=_WAY_OUT) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise DocumentError(f"The picture is damaged: {str(error)[:200]}.", way_out=_WAY_OUT) from None
    return found


def _frames(image: Any, found: Found) -> Iterator[Any]:
    """Each frame in grey."""
    count = getattr(image, "n_frames", 1)
    room = max(1, _MOST_PIXELS_OF_ALL // max(1, image.width * image.height))
    if count > min(MOST_FRAMES, room):
        found.unread.append(
            f"The picture has {count:,} frames; the first {min(MOST_FRAMES, room)} were read."
        )
    for number in range(min(count, MOST_FRAMES, room)):
        image.seek(number)
        yield on_white(image)


def on_white(image: Any) -> Any:
    """A frame in grey, what is transparent in it white: a QR code's own black would be lost on black."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = image.convert("RGBA")
        white = Image.new("RGBA", whole.size, "white")
        return Image.alpha_composite(white, whole).convert("L")
    return image.convert("L")


def add_codes(frame: Any, label: str, found: Found) -> None:
    """Read the codes of a picture in grey."""
    import zxingcpp

    kinds = zxingcpp.BarcodeFormat
    names = (kinds.QRCode, kinds.MicroQRCode, kinds.RMQRCode, kinds.Aztec, kinds.DataMatrix, kinds.PDF417)
    formats = zxingcpp.BarcodeFormats(names)
    codes = zxingcpp.read_barcodes(frame, formats=formats)
    placed = [(code.position.top_left, code) for code in codes if code.valid]
    placed.sort(key=lambda pair: (pair[0].y, pair[0].x, pair[1].text))
    for corner, code in placed:
        name = f"{label}{code.format.name} at {corner.x},{corner.y}"
        found.sections.append(Section("code", name, _clean(code.text)))


def _metadata(image: Any, found: Found) -> None:
    """Texts that are written beside the picture."""
    lines = []
    for name, value in sorted(image.info.items(), key=lambda pair: str(pair[0])):
        said = value.decode("utf-8", "replace") if isinstance(value, bytes) and name == "comment" else value
        if isinstance(said, str):
            lines.append(f"{name}: {said}")
    described = image.getexif().get(0x010E)  # ImageDescription
    if isinstance(described, str) and described.strip("\0 "):
        lines.append(f"ImageDescription: {described}")
    if lines:
        found.sections.append(Section("metadata", "properties", _clean("\n".join(lines))))


def as_png(frame: Any) -> bytes:
    """A picture in grey as plain PNG."""
    into = io.BytesIO()
    frame.save(into, format="PNG")
    return into.getvalue()


def _clean(text: str) -> str:
    """Text that can be written as UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "\ufffd")
