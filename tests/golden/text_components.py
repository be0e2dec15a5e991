"""Records what Hugging Face's tokenizers do with each component alone.

The model is a BPE of nothing but bytes with a mark at the end of each piece, so that its ids spell the normalized text
and where it was cut. Strings are those of hard_texts.py. Wants tokenizers. Usage: text_components.py OUT
"""

import json
import pathlib
import sys
import zlib

from hard_texts import hard_text
from tokenizers import Tokenizer

MODEL = {"type": "BPE", "byte_fallback": True, "end_of_word_suffix": "|", "merges": [],
         "vocab": {f"<0x{b:02X}>": b for b in range(256)}}
REGEX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def token(content, id=256, **flags):
    off = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    return {"id": id, "content": content} | off | flags


NORMALIZERS = [{"type": t} for t in "NFC NFD NFKC NFKD Lowercase StripAccents Nmt ByteLevel".split()] + [
    {"type": "Strip", "strip_left": True, "strip_right": False},
    {"type": "Prepend", "prepend": "\u2581"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    {"type": "Replace", "pattern": {"Regex": "\\w+"}, "content": "_"},
    {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": False,
     "lowercase": False},
    {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}]
PRE_TOKENIZERS = [{"type": t} for t in "BertPreTokenizer Whitespace WhitespaceSplit".split()] + [
    {"type": "Punctuation", "behavior": b}
    for b in "Removed Isolated MergedWithPrevious MergedWithNext Contiguous".split()] + [
    {"type": "Digits", "individual_digits": True},
    {"type": "Digits", "individual_digits": False},
    {"type": "CharDelimiterSplit", "delimiter": "a"},
    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True},
    {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": False},
    split({"Regex": REGEX}, "Isolated"),
    split({"Regex": "\\w+|[^\\w\\s]+"}, "Removed", True),
    split({"Regex": "\\d"}, "MergedWithPrevious"),
    split({"Regex": "\\p{Han}"}, "MergedWithNext"),
    split({"String": "ca"}, "Contiguous"),
    {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": True}]}]
ADDED = [[token("card", single_word=True)], [token("card", lstrip=True, normalized=True)],
         [token("hello", rstrip=True)], [token("ca"), token("card", 257), token("caf\u00e9", 258, normalized=True)]]


def configurations():
    for normalizer in NORMALIZERS:
        yield dict(normalizer=normalizer)
    for pre_tokenizer in PRE_TOKENIZERS:
        yield dict(pre_tokenizer=pre_tokenizer)
    for added in ADDED:
        yield dict(added_tokens=added, normalizer={"type": "Lowercase"}, pre_tokenizer={"type": "Whitespace"})


def whole(configuration):
    empty = dict(version="1.0", truncation=None, padding=None, added_tokens=[], normalizer=None, pre_tokenizer=None,
                 post_processor=None, decoder=None)
    return empty | configuration | {"model": MODEL}


with open(pathlib.Path(sys.argv[1]) / "components.jsonl", "w", encoding="ascii") as out:
    for configuration in configurations():
        tokenizer = Tokenizer.from_str(json.dumps(whole(configuration)))
        sums = []
        for number in range(3, 303):
            ids = tokenizer.encode(hard_text(number)).ids
            sums.append(zlib.crc32(b"".join(i.to_bytes(4, "little") for i in ids)))
        all_of_them = zlib.crc32(b"".join(s.to_bytes(4, "little") for s in sums))
        out.write(json.dumps({"tokenizer": configuration, "crc": f"{all_of_them:08x}"}) + "\n")
    out.write(json.dumps({"model": MODEL}) + "\n")
