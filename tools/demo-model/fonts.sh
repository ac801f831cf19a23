#!/bin/sh
# Installs the Debian font packages with which the scenes are drawn, then packs the faces into .cache/fonts (reduced to
# the characters in use, about 3 MB), so that this folder can be copied to a machine without fonts.
set -eu
cd "$(dirname "$0")"
apt-get -qq update
apt-get install -y -qq --no-install-recommends \
  fonts-dejavu fonts-liberation fonts-noto-cjk fonts-wqy-zenhei fonts-wqy-microhei fonts-arphic-ukai \
  fonts-arphic-uming fonts-roboto-unhinted fonts-open-sans fonts-lato fonts-freefont-ttf fonts-inconsolata \
  fonts-firacode fonts-crosextra-carlito fonts-crosextra-caladea fonts-comfortaa fonts-cantarell fonts-ebgaramond \
  fonts-quicksand fonts-play fonts-hack fonts-jetbrains-mono fonts-ocr-a fonts-bebas-neue fonts-paratype
"${PYTHON:-python3}" pack_fonts.py
