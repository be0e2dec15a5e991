"""Makes the golden data of dev.graft.core.data: what Pillow makes of small pictures.

    python tests/golden/pictures.py core/src/test/resources/dev/graft/core/data/picture

Needs Pillow and NumPy. Sizes and offsets of resize-and-crop follow torchvision's Resize and CenterCrop.
Every NAME.levels holds height, width and channels (big-endian, 4 bytes each), then 8-bit levels.
"""

import io
import os
import struct
import sys

import numpy as np
from PIL import Image, ImageOps

OUT = sys.argv[1]
rng = np.random.default_rng(7)


def levels(name, picture):
    array = np.asarray(picture)
    array = array.reshape(array.shape[0], array.shape[1], -1)
    with open(os.path.join(OUT, name + ".levels"), "wb") as file:
        file.write(struct.pack(">iii", *array.shape) + array.tobytes())


def smooth(width, height, channels):
    """Blobs and an edge: compressible, and with content at several scales."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        fx, fy, phase = rng.uniform(2, 9), rng.uniform(2, 9), rng.uniform(0, 6)
        planes.append(127 + 100 * np.sin(x / width * fx + phase) * np.cos(y / height * fy))
    array = np.stack(planes, -1) + 25 * (x > width / 3)[..., None]
    return np.clip(array, 0, 255).astype(np.uint8)


def write(name, data, expected=None):
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(data)
    picture = Image.open(io.BytesIO(data)) if expected is None else expected
    levels(name, ImageOps.exif_transpose(picture).convert("RGB"))


def encoded(picture, form, **options):
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


# Resizing alone: noise, which shows every rounding. Source and target of each case.
noise = [(37, 23, 16, 16), (16, 16, 37, 23), (50, 50, 7, 9), (5, 40, 20, 8), (64, 48, 64, 20), (48, 64, 20, 64)]
for w, h, tw, th in noise:
    source = Image.fromarray(rng.integers(0, 256, (h, w), dtype=np.uint8))
    levels(f"resize_{w}x{h}_{tw}x{th}.source", source)
    levels(f"resize_{w}x{h}_{tw}x{th}.target", source.resize((tw, th), Image.BILINEAR))


def resize_and_crop(picture, scaled, size):
    w, h = picture.size
    short, long = (w, h) if w <= h else (h, w)
    new_long = int(scaled * long / short)
    new_w, new_h = (scaled, new_long) if w <= h else (new_long, scaled)
    picture = picture.resize((new_w, new_h), Image.BILINEAR)
    top, left = int(round((new_h - size) / 2.0)), int(round((new_w - size) / 2.0))
    return picture.crop((left, top, left + size, top + size))


# The whole way of ImageNet: 7/8 of the shorter side, in colour and in gray.
for w, h in [(50, 37), (37, 50), (41, 41), (20, 61)]:
    picture = Image.fromarray(rng.integers(0, 256, (h, w, 3), dtype=np.uint8))
    levels(f"crop_{w}x{h}.source", picture)
    levels(f"crop_{w}x{h}.target", resize_and_crop(picture, 32, 28))
    levels(f"crop_{w}x{h}.gray", resize_and_crop(picture.convert("L"), 32, 28))

# Decoding.
colour = Image.fromarray(smooth(22, 14, 3))
gray = Image.fromarray(smooth(22, 14, 1)[..., 0])
cmyk = Image.fromarray(smooth(22, 14, 4), "CMYK")
best = dict(quality=95, subsampling=0)

write("baseline.jpg", encoded(colour, "JPEG", **best))
write("progressive.jpg", encoded(colour, "JPEG", progressive=True, **best))
write("gray.jpg", encoded(gray, "JPEG", **best))
write("profile.jpg", encoded(colour, "JPEG", icc_profile=b"no profile at all" * 9, **best))
with_jfif = encoded(colour, "JPEG", **best)
write("unmarked.jpg", with_jfif[:2] + with_jfif[20:])
write("cmyk.jpg", encoded(cmyk, "JPEG", **best))
ycck = bytearray(encoded(cmyk, "JPEG", **best))
ycck[ycck.index(b"Adobe") + 11] = 2
write("ycck.jpg", bytes(ycck))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    write(f"turned{orientation}.jpg", encoded(colour, "JPEG", exif=exif, **best))
exif = Image.Exif()
exif[0x0112] = 6
write("turned6_gray.jpg", encoded(gray, "JPEG", exif=exif, **best))
write("turned6.png", encoded(colour, "PNG", exif=exif))

write("colour.png", encoded(colour, "PNG"))
write("gray.png", encoded(gray, "PNG"))
write("bits.png", encoded(gray.convert("1"), "PNG"))
write("alpha.png", encoded(Image.fromarray(smooth(22, 14, 4), "RGBA"), "PNG"))
write("gray_alpha.png", encoded(Image.fromarray(smooth(22, 14, 2), "LA"), "PNG"))
write("palette.png", encoded(colour.quantize(16), "PNG", transparency=3))
deep = smooth(22, 14, 1)[..., 0].astype(np.uint16) * 256 + 77
write("gray16.png", encoded(Image.fromarray(deep), "PNG"), Image.fromarray((deep >> 8).astype(np.uint8)))
frames = [colour.quantize(32), colour.rotate(180).quantize(32)]
write("animated.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
write("colour.bmp", encoded(colour, "BMP"))
write("palette.bmp", encoded(colour.quantize(16), "BMP"))
write("colour.tiff", encoded(colour, "TIFF"))
