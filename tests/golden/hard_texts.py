"""Strings of hard Unicode, as HardTexts in Java makes them."""

RANGES = """20-7e 61-7a 0-1f 7f-a0 a0-24f 300-36f 370-3ff 400-52f 590-5ff 600-6ff 900-97f e00-e7f 1100-11ff ac00-d7a3
1e00-1fff 2000-206f 2070-218f 2190-27bf 3000-30ff 3300-33ff 4e00-4fff f900-fdff fe00-feff ff00-ffef 10400-1044f
1d100-1d7ff 1f1e6-1f1ff 1f300-1faff 20000-200ff e0020-e007f 10000-2ffff 80-d7ff e000-10ffff""".split()
SNIPPETS = ["  ", "\u00a0", "\r\n", "\u200d", "\U0001f469\u200d\U0001f4bb", "[SEP]", "[MASK]", "<s>", "</s>", "<mask>",
            "'s", "I'll", "caf\u00e9", "cafe\u0301", "\ufb01", "hello", "CARD", " my card", "123", "\u00bd", "\t",
            "\u0130", "\u00df", "\u03a3\u0391\u03a3", "\u3000", "don't", "..."]


class Draw:
    """A linear congruential generator, the upper bits of Knuth's MMIX."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound


def hard_text(number):
    if number == 0:
        return "x" * 10_000
    if number == 1:
        return "ab\u0301c" * 2_500
    if number == 2:
        return "\u30ab\u30fc\u30c9" * 3_334
    draw, text = Draw(number), ""
    for _ in range(1 + draw.below(25)):
        if draw.below(10) < 3:
            text += SNIPPETS[draw.below(len(SNIPPETS))]
            continue
        low, high = (int(end, 16) for end in RANGES[draw.below(len(RANGES))].split("-"))
        for _ in range(1 + draw.below(5)):
            text += chr(low + draw.below(high - low + 1))
    return text
