package dev.graft.core.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sets of code points out of a file that ships with Graft; see tests/golden/codepoints.py. */
final class CodePointTable {

  private static final String FILE = "codepoints.txt";

  private final Map<String, BitSet> sets = new HashMap<>();
  private final Map<Integer, Integer> lower = new HashMap<>();

  private CodePointTable() {}

  static CodePointTable read() {
    CodePointTable table = new CodePointTable();
    InputStream file = CodePointTable.class.getResourceAsStream(FILE);
    if (file == null) {
      throw new IllegalStateException(FILE + " is missing beside " + CodePointTable.class);
    }
    try (var lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
      lines.lines().filter(line -> !line.startsWith("#")).forEach(table::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table;
  }

  private void add(String line) {
    int colon = line.indexOf(':');
    String name = line.substring(0, colon);
    String[] ranges = line.substring(colon + 1).strip().split(" ");
    if (name.equals("lower")) {
      for (String pair : ranges) {
        String[] ends = pair.split(">");
        lower.put(hex(ends[0]), hex(ends[1]));
      }
      return;
    }
    BitSet set = new BitSet();
    for (String range : ranges) {
      String[] ends = range.split("-");
      set.set(hex(ends[0]), hex(ends[ends.length - 1]) + 1);
    }
    sets.put(name, set);
  }

  private static int hex(String digits) {
    return Integer.parseInt(digits, 16);
  }

  BitSet set(String name) {
    BitSet set = sets.get(name);
    if (set == null) {
      throw new IllegalStateException(FILE + " has no set " + name);
    }
    return set;
  }

  /** The sets named by a general category, the largest first. */
  Map<String, BitSet> categories() {
    Map<String, BitSet> categories = new LinkedHashMap<>();
    sets.entrySet().stream()
        .filter(set -> set.getKey().length() == 2)
        .sorted(Comparator.comparing(set -> -set.getValue().cardinality()))
        .forEach(set -> categories.put(set.getKey(), set.getValue()));
    return categories;
  }

  Map<Integer, Integer> lower() {
    return lower;
  }
}
