"""The built-in model's tokenizer: byte-level BPE of 2,048 tokens with Qwen3-VL's pre-tokenisation and special tokens.

python tokenizer.py OUT_FOLDER trains it on the scenes' own questions and answers (a minute on one core) and writes
tokenizer.json, tokenizer_config.json and chat_template.jinja; the result is committed in checkpoint-files/.
"""

import json
import sys
from pathlib import Path
from random import Random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from scenes.sample import SKILLS, exchanges, make_scene
from scenes.words import CHINESE_CHARACTERS, CHINESE_WORDS, ENGLISH_WORDS

VOCABULARY = 2048
FILES = Path(__file__).parent / 'checkpoint-files'

# In Qwen3-VL's order. The second group is "added, not special": it remains visible in decoded text.
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>', '<|box_start|>',
           '<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|vision_start|>', '<|vision_end|>', '<|vision_pad|>',
           '<|image_pad|>', '<|video_pad|>']
VISIBLE = ['<tool_call>', '</tool_call>', '<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|fim_pad|>',
           '<|repo_name|>', '<|file_sep|>', '<tool_response>', '</tool_response>', '<think>', '</think>']
# Qwen2's pre-tokenisation: contractions, words, single digits, punctuation, line ends, blanks.
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def corpus(scenes_per_skill: int):
    """Questions and answers from the scenes, and each word and character often enough to become one token."""
    rng = Random(1)
    for skill in SKILLS:
        for seed in range(scenes_per_skill):
            for exchange in exchanges(rng, make_scene(skill, seed), 8):
                yield exchange.question
                # The text to read is random, so only the fixed wording around it should shape the vocabulary.
                if skill not in ('reading', 'receipts', 'refusing'):
                    yield exchange.answer
    for _ in range(40):
        yield from CHINESE_CHARACTERS
        yield from ('user', 'assistant', 'system', '\n', 'seconds', 'Qwen3-VL')
    for _ in range(3):
        yield from CHINESE_WORDS
        yield from ENGLISH_WORDS


def train(scenes_per_skill: int = 300) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), behavior='isolated'),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL) - len(VISIBLE), show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=[], max_token_length=24)
    tokenizer.train_from_iterator(corpus(scenes_per_skill), trainer)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in SPECIAL])
    tokenizer.add_tokens([AddedToken(t, normalized=False, special=False) for t in VISIBLE])
    return tokenizer


def load() -> Tokenizer:
    return Tokenizer.from_file(str(FILES / 'tokenizer.json'))


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else FILES
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = train()
    tokenizer.save(str(out / 'tokenizer.json'))
    added = {str(tokenizer.token_to_id(t)): {'content': t, 'lstrip': False, 'normalized': False, 'rstrip': False,
                                             'single_word': False, 'special': t in SPECIAL} for t in SPECIAL + VISIBLE}
    template = (FILES / 'chat_template.jinja').read_text()
    (out / 'tokenizer_config.json').write_text(json.dumps({
        'add_bos_token': False, 'add_prefix_space': False, 'added_tokens_decoder': added,
        'additional_special_tokens': SPECIAL[1:], 'bos_token': None, 'chat_template': template,
        'clean_up_tokenization_spaces': False, 'eos_token': '<|im_end|>', 'errors': 'replace', 'model_max_length': 8192,
        'pad_token': '<|endoftext|>', 'split_special_tokens': False, 'tokenizer_class': 'Qwen2Tokenizer', 'unk_token': None,
    }, indent=2, ensure_ascii=False) + '\n')
    (out / 'chat_template.json').write_text(json.dumps({'chat_template': template}, indent=2, ensure_ascii=False) + '\n')
    whole = sum(len(tokenizer.encode(c).ids) == 1 for c in CHINESE_CHARACTERS)
    print(f'{tokenizer.get_vocab_size()} tokens, {whole} of {len(CHINESE_CHARACTERS)} Chinese characters are one token')


if __name__ == '__main__':
    main()
