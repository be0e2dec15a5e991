"""Writes the classes of code points by which Hugging Face's tokenizers go.

They carry several versions of Unicode: 8 in BERT's normalizer and pre-tokenizers, 9 in the normal forms, recent ones in
regular expressions and letter case. Each JDK has another, so the classes are asked for, code point by code point, and
stored. Wants the package tokenizers and, for what normal forms leave alone, the newest JDK that Graft runs on.
Usage: codepoints.py JAVA OUT
"""

import pathlib
import subprocess
import sys

from tokenizers import Regex
from tokenizers import normalizers as n
from tokenizers import pre_tokenizers as p

ALL = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cf"


def ranges(chars):
    found = []
    for c in sorted(map(ord, chars)):
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found)


def removed(normalizer):
    return [c for c in ALL if normalizer.normalize_str(c) == ""]


def matching(pattern):
    """By the regular expressions of Split and Replace."""
    return n.Replace(Regex(f"[^{pattern}]"), "").normalize_str("".join(ALL))


def parts(pre_tokenizer, text):
    return len(pre_tokenizer.pre_tokenize_str(text))


def bert(**steps):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return n.BertNormalizer(**(off | steps))


def inert(java):
    """What the normal forms leave alone, though the JDK's would not."""
    nfd, nfkd = n.NFD(), n.NFKD()
    program = pathlib.Path(__file__).with_name("ActiveCodePoints.java")
    active = subprocess.run([java, str(program)], check=True, capture_output=True, text=True).stdout.split()
    changed = lambda c: nfkd.normalize_str(c) != c
    reordered = lambda c: nfd.normalize_str("\u0345" + c).startswith(c)
    return [c for c in map(chr, map(int, active)) if not changed(c) and not reordered(c) and c != "\u0345"]


java, out = sys.argv[1:]
punctuation, digits, words = p.Punctuation(), p.Digits(individual_digits=True), p.Whitespace()
lower = n.Lowercase()
lowered = {c: lower.normalize_str(c) for c in ALL if ord(c) > 0x7F}
with open(out, "w", encoding="ascii") as file:
    file.write("# Written by tests/golden/codepoints.py from Hugging Face's tokenizers.\n")
    for name, chars in (
        ("bert-control", removed(bert(clean_text=True))),
        ("bert-accent", removed(bert(strip_accents=True))),
        ("mark", removed(n.StripAccents())),
        ("punctuation", [c for c in ALL if parts(punctuation, f"a{c}a") > 1]),
        ("numeric", [c for c in ALL if parts(digits, f"a{c}a") > 1]),
        ("word", [c for c in ALL if not c.isspace() and parts(words, f"a{c}") == 1]),
        ("inert", inert(java)),
    ):
        file.write(f"{name}: {ranges(chars)}\n")
    for category in CATEGORIES.split():
        chars = matching("\\p{" + category + "}")
        file.write(f"{category}: {ranges(chars)}\n")
    pairs = (f"{ord(c):x}>{ord(s):x}" for c, s in lowered.items() if len(s) == 1 and s != c)
    file.write("lower: " + " ".join(pairs) + "\n")
