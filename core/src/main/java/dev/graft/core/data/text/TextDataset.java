package dev.graft.core.data.text;

import dev.graft.core.data.Dataset;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.text.Encoding;
import dev.graft.core.text.Padding;
import dev.graft.core.text.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Texts as a network wants them: each item is its tokens, filled up to a multiple of {@value
 * #BUCKET}, so that few lengths are met, and the number of its class.
 */
public final class TextDataset implements Dataset {

  /** Plans are compiled for each length. */
  private static final int BUCKET = 8;

  private final Texts texts;
  private final TextInputs inputs;
  private final Padding padding;
  private final List<Encoding> encodings;
  private final List<Field> fields = new ArrayList<>();

  /**
   * Encodes all texts.
   *
   * @param text with the model's tokenizer
   * @param inputs of the model
   * @param target name of the field with the class
   */
  public TextDataset(Texts texts, TextPreprocessing text, TextInputs inputs, String target) {
    this.texts = texts;
    this.inputs = inputs;
    this.padding = text.tokenizer().padding();
    int fixed = inputs.length();
    Tokenizer tokenizer =
        fixed > 0 && fixed < text.tokenizer().maxLength()
            ? text.tokenizer().withMaxLength(fixed)
            : text.tokenizer();
    this.encodings =
        IntStream.range(0, texts.size())
            .mapToObj(i -> filled(tokenizer.encode(texts.text(i))))
            .toList();
    fields.add(field(inputs.ids(), padding.id()));
    if (inputs.mask() != null) {
      fields.add(field(inputs.mask(), 0));
    }
    if (inputs.types() != null) {
      fields.add(field(inputs.types(), padding.typeId()));
    }
    fields.add(new Field(target, Shape.SCALAR));
  }

  /** As long as the network wants it, or as a few lengths are. */
  private Encoding filled(Encoding encoding) {
    if (inputs.length() > 0) {
      return encoding.padded(inputs.length(), padding);
    }
    int buckets = (Math.max(1, encoding.length()) + BUCKET - 1) / BUCKET;
    return encoding.padded(BUCKET * buckets, padding);
  }

  private Field field(@Nullable String name, int filling) {
    Size size =
        inputs.length() > 0 ? Size.of(inputs.length()) : Size.open("length", name + ".length");
    return new Field(String.valueOf(name), ElementType.INT64, Shape.ofSizes(size), filling);
  }

  /** How many texts are longer than the model allows, and were cut off. */
  public int truncated() {
    return (int) encodings.stream().filter(encoding -> encoding.dropped() > 0).count();
  }

  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public List<Field> fields() {
    return List.copyOf(fields);
  }

  @Override
  public String noun() {
    return "text";
  }

  /** By length. */
  @Override
  public int[] cheapestOrder() {
    return IntStream.range(0, size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> encodings.get(i).length()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  public List<float[]> read(int index, long variant) {
    Encoding encoding = encodings.get(index);
    List<float[]> item = new ArrayList<>();
    item.add(floats(encoding.ids()));
    if (inputs.mask() != null) {
      item.add(floats(encoding.mask()));
    }
    if (inputs.types() != null) {
      item.add(floats(encoding.typeIds()));
    }
    item.add(new float[] {texts.label(index)});
    return item;
  }

  /** Exact: vocabularies have fewer than 2^24 tokens. */
  private static float[] floats(int[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers[i];
    }
    return floats;
  }

  @Override
  public String name(int index) {
    return texts.name(index);
  }
}
