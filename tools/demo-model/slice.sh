#!/bin/sh
# Runs one slice of training on a machine with a GPU and no network: continues from the newest checkpoint in CARRIED,
# trains for MINUTES, and leaves a checkpoint, the log and a held-out table in OUT, each file at most 15 MiB.
#
#   tools/demo-model/slice.sh CARRIED OUT [MINUTES] [further arguments of train.py]
#
# CARRIED (may be missing for the first slice) holds fonts/ and photos/ (copied from .cache/fonts and .cache/photos of
# the machine that ran fonts.sh and photos.sh), and checkpoint/ and log.csv of the previous slice, as collect.sh
# puts them.
# OUT receives checkpoint/state.NN, checkpoint/progress.json, log.csv, settings.jsonl and report.txt; 33 MB for the
# shipped size. A checkpoint is written every two minutes, so an interrupted slice loses no more than that.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" "$2"
carried=$(cd "$1" && pwd) out=$(cd "$2" && pwd) minutes=${3:-8.2}
[ $# -ge 3 ] && shift 3 || shift $#
mkdir -p "$here/.cache"
for folder in fonts photos; do
  [ -d "$carried/$folder" ] && [ "$carried/$folder" != "$here/.cache/$folder" ] && cp -r "$carried/$folder" "$here/.cache/"
done
[ -f "$carried/checkpoint/progress.json" ] && cp -r "$carried/checkpoint" "$out/checkpoint"
[ -f "$carried/log.csv" ] && cp "$carried/log.csv" "$out/log.csv"
[ -f "$carried/settings.jsonl" ] && cp "$carried/settings.jsonl" "$out/settings.jsonl"
# Rendered batches travel through shared memory; enlarge it if the system permits.
command -v nvidia-smi >/dev/null && mount -o remount,size=24G /dev/shm 2>/dev/null || true
ulimit -n 65536 2>/dev/null || true
df -h /dev/shm | tail -1
nproc
export PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false OMP_NUM_THREADS=2 PYTHONPATH="$here"
cd "$here"
python3 train.py --run "$out" --minutes "$minutes" --light --save-every 2 "$@" 2>&1 | tee "$out/report.txt" || echo 'training ended with an error' | tee -a "$out/report.txt"
# Forty questions per skill: a progress check, not the table for publication.
python3 evaluate.py --run "$out" --fast --per-skill 40 --kinds 2>&1 | tee -a "$out/report.txt"
ls -lR "$out"
