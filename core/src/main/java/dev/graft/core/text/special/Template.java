package dev.graft.core.text.special;

import java.util.List;

/**
 * Texts and special tokens in an order that is written down ({@code TemplateProcessing}): {@code
 * [CLS] $A [SEP]}. BERT's and RoBERTa's post-processors are such templates too.
 */
public final class Template implements PostProcessor {

  /** A part of a template. */
  public sealed interface Part {}

  /**
   * A text.
   *
   * @param second whether it is the pair's second
   * @param type of its tokens
   */
  public record Text(boolean second, int type) implements Part {}

  /**
   * Special tokens.
   *
   * @param ids in order
   * @param type of each
   */
  public record Special(List<Integer> ids, int type) implements Part {}

  /** Nothing is added; the second text of a pair has type 1. */
  public static final Template NONE =
      new Template(List.of(new Text(false, 0)), List.of(new Text(false, 0), new Text(true, 1)));

  private final List<Part> single;
  private final List<Part> pair;

  /**
   * @param single for one text
   * @param pair for two
   */
  public Template(List<Part> single, List<Part> pair) {
    this.single = List.copyOf(single);
    this.pair = List.copyOf(pair);
  }

  /** {@code [CLS] A [SEP]}, and {@code [CLS] A [SEP] B [SEP]} with type 1 from B on. */
  public static Template bert(int cls, int sep) {
    Special begin = new Special(List.of(cls), 0);
    Special end = new Special(List.of(sep), 0);
    Text first = new Text(false, 0);
    return new Template(
        List.of(begin, first, end),
        List.of(begin, first, end, new Text(true, 1), new Special(List.of(sep), 1)));
  }

  /** {@code <s> A </s>}, and {@code <s> A </s></s> B </s>}, all of type 0. */
  public static Template roberta(int cls, int sep) {
    Special begin = new Special(List.of(cls), 0);
    Special end = new Special(List.of(sep), 0);
    Text first = new Text(false, 0);
    return new Template(
        List.of(begin, first, end), List.of(begin, first, end, end, new Text(true, 0), end));
  }

  @Override
  public Segment process(Segment text) {
    return filled(single, text, text);
  }

  @Override
  public Segment process(Segment first, Segment second) {
    return filled(pair, first, second);
  }

  private static Segment filled(List<Part> parts, Segment first, Segment second) {
    Segment all = new Segment(new int[0], new int[0]);
    for (Part part : parts) {
      if (part instanceof Text text) {
        all = all.then((text.second() ? second : first).withType(text.type()));
      } else if (part instanceof Special special) {
        int[] ids = special.ids().stream().mapToInt(Integer::intValue).toArray();
        all = all.then(Segment.of(ids, special.type()));
      }
    }
    return all;
  }

  @Override
  public int added(boolean ofPair) {
    int added = 0;
    for (Part part : ofPair ? pair : single) {
      added += part instanceof Special special ? special.ids().size() : 0;
    }
    return added;
  }
}
