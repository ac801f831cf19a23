"""Writes a checkpoint as GGUF with llama.cpp's own converter: the language file and the mmproj file, in F16 and Q8_0.

    python make_gguf.py <llama.cpp> <checkpoint> <folder>

<llama.cpp>: its source, for example from the source distribution of llama-cpp-python
(`pip download --no-deps --no-binary :all: llama-cpp-python==0.3.36`, in it vendor/llama.cpp).
"""

import os
import runpy
import sys
from pathlib import Path

TYPES = ("f16", "q8_0")


def main() -> None:
    source, checkpoint, folder = (Path(argument).resolve() for argument in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    for kind in TYPES:
        convert(source, checkpoint, folder / f"{checkpoint.name}-{kind}.gguf", kind, [])
        convert(source, checkpoint, folder / f"mmproj-{checkpoint.name}-{kind}.gguf", kind, ["--mmproj"])


def convert(source: Path, checkpoint: Path, file: Path, kind: str, options: list[str]) -> None:
    os.environ.setdefault("NO_LOCAL_GGUF", "1")
    if str(source) not in sys.path:
        sys.path[:0] = [str(source), str(source / "gguf-py")]
    from conversion.base import TextModel

    # The converter knows tokenizers by a hash of their ids. The fixtures have the expression of Qwen2, with fewer words.
    TextModel.get_vocab_base_pre = lambda self, tokenizer: "qwen2"
    sys.argv = ["convert", str(checkpoint), "--outtype", kind, "--outfile", str(file), *options]
    runpy.run_path(str(source / "convert_hf_to_gguf.py"), run_name="__main__")


if __name__ == "__main__":
    main()
