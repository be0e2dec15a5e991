package dev.graft.cli.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What there are drawings of: lifeless things, which the trunk was trained on, and faces of
 * animals, of which it has never seen one. They are listed in {@code drawings.txt}.
 *
 * @param label its name as a class
 * @param strokes in the order in which they are drawn
 */
record Thing(String label, List<Stroke> strokes) {

  private static final Map<String, List<Thing>> ALL = read();

  /**
   * A part of a drawing.
   *
   * @param isMirrored whether it is drawn to the left and to the right
   * @param colour to take before; empty to stay with the last
   * @param figure what is drawn, in the box
   */
  record Stroke(boolean isMirrored, String colour, Figure figure) {}

  /** The things. */
  static List<Thing> things() {
    return ALL.get("things");
  }

  /** The animals. */
  static List<Thing> animals() {
    return ALL.get("animals");
  }

  /** A drawing, the same for the same key. */
  BufferedImage draw(long key) {
    Pen pen = new Pen(key);
    for (Stroke stroke : strokes) {
      pen.take(stroke.colour);
      pen.draw(stroke.figure, stroke.isMirrored);
    }
    return pen.picture();
  }

  private static Map<String, List<Thing>> read() {
    Map<String, List<Thing>> all = new LinkedHashMap<>();
    List<Thing> section = new ArrayList<>();
    for (String line : lines()) {
      if (line.startsWith("[")) {
        section = new ArrayList<>();
        all.put(line.substring(1, line.length() - 1), section);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(": ");
        section.add(
            new Thing(parts[0], Stream.of(parts[1].split("; ")).map(Thing::stroke).toList()));
      }
    }
    return all;
  }

  private static List<String> lines() {
    try (InputStream in = Thing.class.getResourceAsStream("drawings.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stroke stroke(String text) {
    String[] words = text.split(" ");
    int at = words[0].equals("both") ? 1 : 0;
    boolean isMirrored = at == 1;
    String colour = Pen.COLOURS.contains(words[at]) ? words[at++] : "";
    String kind = words[at++];
    double[] numbers =
        Arrays.stream(words, at, words.length).mapToDouble(Double::parseDouble).toArray();
    return new Stroke(isMirrored, colour, Figure.of(kind, numbers));
  }
}
