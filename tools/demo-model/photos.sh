#!/bin/sh
# Makes photographs for the scenes that the model must refuse: desktop wallpapers from Debian packages, scaled to
# 640 px, in .cache/photos. They serve only training and evaluation; neither the repository nor the shipped package has
# them.
set -eu
cd "$(dirname "$0")"
out="$PWD/.cache/photos"
work=$(mktemp -d)
mkdir -p "$out"
cd "$work"
apt-get download -qq gnome-backgrounds mate-backgrounds ukui-wallpapers lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 \
  sway-backgrounds plasma-workspace-wallpapers || true
for package in *.deb; do dpkg -x "$package" tree; done
"${PYTHON:-python3}" - "$out" <<'PY'
import hashlib, sys
from pathlib import Path
from PIL import Image
for path in sorted(Path('tree').rglob('*')):
    if path.suffix.lower() not in ('.jpg', '.jpeg', '.png', '.webp') or path.stat().st_size < 150_000:
        continue
    with Image.open(path) as photo:
        photo.draft('RGB', (1280, 1280))
        photo = photo.convert('RGB')
        photo.thumbnail((640, 640))
        name = hashlib.sha256(photo.tobytes()).hexdigest()[:12]
        photo.save(Path(sys.argv[1]) / f'{name}.jpg', quality=88)
print(len(list(Path(sys.argv[1]).glob('*.jpg'))), 'photographs')
PY
rm -rf "$work"
