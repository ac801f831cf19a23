"""Draws hard-pictures/: files that decoders read differently, and for each, in expected/, its upright pixels on white
as PIL decodes them. `python make_hard_pictures.py`; needs Pillow 11.3 or later, for AVIF."""

import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

PICTURES = Path(__file__).parent / "hard-pictures"
ORIENTATION = 0x0112
#: The transposition of an upright picture that gives its stored form under each EXIF orientation.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene() -> Image.Image:
    """28 × 20 pixels without any symmetry."""
    y, x = np.mgrid[0:20, 0:28]
    pixels = np.stack([40 + x * 7, 230 - y * 9, 60 + x * 3 + y * 4], -1).astype(np.uint8)
    pixels[3:8, 4:11] = (230, 20, 30)
    pixels[12:17, 15:26] = (20, 40, 220)
    return Image.fromarray(pixels, "RGB")


def fading() -> Image.Image:
    """An alpha channel from transparent on the left to opaque on the right."""
    return Image.fromarray(np.tile((np.arange(28) * 255 // 27).astype(np.uint8), (20, 1)), "L")


def turned(orientation: int) -> tuple[Image.Image, bytes]:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return scene().transpose(STORED[orientation]), exif.tobytes()


def with_transfer(avif: bytes, primaries: int, transfer: int) -> bytes:
    """The same picture, labelled with another colour space (transfer 16 is PQ, 18 is HLG)."""
    at = avif.index(b"nclx") + 4
    return avif[:at] + struct.pack(">HH", primaries, transfer) + avif[at + 4 :]


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_gain_map(base: bytes, gain: bytes) -> bytes:
    """An "Ultra HDR" JPEG: the base picture, a gain map for bright screens, and the gain map's position."""
    rdf = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" '
    )
    end = "</rdf:RDF></x:xmpmeta>"

    def xmp(text: str) -> bytes:
        return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + (rdf + text + end).encode())

    numbers = (
        'hdrgm:GainMapMin="0" hdrgm:GainMapMax="3" hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" '
        'hdrgm:OffsetHDR="0.015625" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="3" '
        'hdrgm:BaseRenditionIsHDR="False"/>'
    )
    gain = gain[:2] + xmp(numbers) + gain[2:]
    items = (
        'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
        'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"><Container:Directory><rdf:Seq>'
        '<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li>'
        '<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" '
        f'Item:Length="{len(gain)}"/></rdf:li></rdf:Seq></Container:Directory></rdf:Description>'
    )
    head = base[:2] + xmp(items)

    def multi_picture(total: int) -> bytes:
        tags = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
        tags += struct.pack(">HHII", 0xB002, 7, 32, 8 + 2 + 36 + 4)
        directory = struct.pack(">2sHIH", b"MM", 42, 8, 3) + tags + struct.pack(">I", 0)
        entries = struct.pack(">IIIHH", 0x030000, total, 0, 0, 0)
        # The offset counts from the byte order mark.
        entries += struct.pack(">IIIHH", 0, len(gain), max(0, total - len(head) - 8), 0, 0)
        return segment(0xE2, b"MPF\0" + directory + entries)

    total = len(head) + len(multi_picture(0)) + len(base) - 2
    return head + multi_picture(total) + base[2:] + gain


def on_white(path: Path) -> Image.Image:
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        white.alpha_composite(picture.convert("RGBA"))
        picture = white
    return picture.convert("RGB")


def main() -> None:
    expected = PICTURES / "expected"
    expected.mkdir(parents=True, exist_ok=True)
    for orientation in STORED:
        picture, exif = turned(orientation)
        picture.save(PICTURES / f"turned-{orientation}.png", exif=exif)
        picture.save(PICTURES / f"turned-{orientation}.webp", lossless=True, exif=exif)
        picture.save(PICTURES / f"turned-{orientation}.jpg", quality=95, subsampling=0, exif=exif)
        picture.save(PICTURES / f"turned-{orientation}.avif", quality=95, subsampling="4:4:4", exif=exif)
    scene().save(PICTURES / "sdr.avif", quality=95, subsampling="4:4:4")
    avif = (PICTURES / "sdr.avif").read_bytes()
    (PICTURES / "pq.avif").write_bytes(with_transfer(avif, 9, 16))
    (PICTURES / "hlg.avif").write_bytes(with_transfer(avif, 9, 18))
    scene().save(PICTURES / "base.jpg", quality=95, subsampling=0)
    Image.new("L", (14, 10), 255).save(PICTURES / "gain.jpg")
    base, gain = (PICTURES / "base.jpg").read_bytes(), (PICTURES / "gain.jpg").read_bytes()
    (PICTURES / "gain-map.jpg").write_bytes(with_gain_map(base, gain))
    (PICTURES / "gain.jpg").unlink()
    palette = scene().quantize(16)
    palette.save(PICTURES / "palette.png")
    palette.save(PICTURES / "palette-alpha.png", transparency=bytes([0, 128] + [255] * 14))
    palette.save(PICTURES / "palette.gif", transparency=3)
    Image.merge("LA", (scene().convert("L"), fading())).save(PICTURES / "grey-alpha.png")
    scene().convert("L").save(PICTURES / "grey.jpg", quality=95)
    clear = scene().convert("RGBA")
    clear.putalpha(fading())
    clear.save(PICTURES / "alpha.png")
    clear.save(PICTURES / "alpha.webp", lossless=True)
    red, green, blue = scene().split()
    inks = [channel.point(lambda value: (255 - value) * 3 // 4) for channel in (red, green, blue)]
    Image.merge("CMYK", (*inks, fading().point(lambda value: value // 3))).save(
        PICTURES / "print.jpg", quality=95, subsampling=0
    )
    for path in sorted(PICTURES.glob("*.*")):
        on_white(path).save(expected / f"{path.name}.png", optimize=True)


if __name__ == "__main__":
    main()
