package dev.graft.tests.text;

/** Strings of hard Unicode, as {@code hard_text} in tests/golden/hard_texts.py makes them. */
final class HardTexts {

  static final int COUNT = 2000;

  private static final String[] RANGES =
      ("20-7e 61-7a 0-1f 7f-a0 a0-24f 300-36f 370-3ff 400-52f 590-5ff 600-6ff 900-97f e00-e7f"
              + " 1100-11ff ac00-d7a3 1e00-1fff 2000-206f 2070-218f 2190-27bf 3000-30ff 3300-33ff"
              + " 4e00-4fff f900-fdff fe00-feff ff00-ffef 10400-1044f 1d100-1d7ff 1f1e6-1f1ff"
              + " 1f300-1faff 20000-200ff e0020-e007f 10000-2ffff 80-d7ff e000-10ffff")
          .split(" ");

  private static final String[] SNIPPETS = {
    "  ",
    "\u00a0",
    "\r\n",
    "\u200d",
    "\uD83D\uDC69\u200d\uD83D\uDCBB",
    "[SEP]",
    "[MASK]",
    "<s>",
    "</s>",
    "<mask>",
    "'s",
    "I'll",
    "caf\u00e9",
    "cafe\u0301",
    "\ufb01",
    "hello",
    "CARD",
    " my card",
    "123",
    "\u00bd",
    "\t",
    "\u0130",
    "\u00df",
    "\u03a3\u0391\u03a3",
    "\u3000",
    "don't",
    "..."
  };

  private long state;

  private HardTexts(long seed) {
    this.state = seed;
  }

  static String of(int number) {
    return switch (number) {
      case 0 -> "x".repeat(10_000);
      case 1 -> "ab\u0301c".repeat(2_500);
      case 2 -> "\u30ab\u30fc\u30c9".repeat(3_334);
      default -> new HardTexts(number).text();
    };
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int part = 1 + below(25); part > 0; part--) {
      if (below(10) < 3) {
        text.append(SNIPPETS[below(SNIPPETS.length)]);
        continue;
      }
      String[] ends = RANGES[below(RANGES.length)].split("-");
      int low = Integer.parseInt(ends[0], 16);
      int high = Integer.parseInt(ends[1], 16);
      for (int character = 1 + below(5); character > 0; character--) {
        text.appendCodePoint(low + below(high - low + 1));
      }
    }
    return text.toString();
  }

  /** A linear congruential generator, the upper bits of Knuth's MMIX. */
  private int below(int bound) {
    state = state * 6364136223846793005L + 1442695040888963407L;
    return (int) ((state >>> 33) % bound);
  }
}
