package dev.graft.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.text.Padding;
import dev.graft.core.text.Tokenizer;
import dev.graft.core.text.TokenizerParts;
import dev.graft.core.text.special.Template;
import dev.graft.core.text.split.CharacterSplit;
import dev.graft.core.text.subword.Vocabulary;
import dev.graft.core.text.subword.WordPiece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextDatasetTest {

  private static final int PAD = 3;

  private static final Tokenizer TOKENIZER =
      new Tokenizer(
          new TokenizerParts(
              text -> text,
              CharacterSplit.WHITE_SPACE,
              new WordPiece(new Vocabulary(Map.of("?", 0, "a", 1, "b", 2)), "?", "##", 100),
              Template.NONE,
              List.of(),
              null,
              new Padding(PAD, 0)));

  private static final Texts TEXTS =
      Texts.of(
          List.of(
              new LabelledText("a ".repeat(20), "long", "line 1"),
              new LabelledText("a b", "short", "line 2"),
              new LabelledText("", "short", "line 3"),
              new LabelledText("b ".repeat(9), "long", "line 4")));

  private static List<Batch> batches(TextInputs inputs, int size) {
    TextPreprocessing text = new TextPreprocessing(TOKENIZER, "");
    TextDataset data = new TextDataset(TEXTS, text, inputs, "class");
    List<Batch> read = new ArrayList<>();
    try (Batches batches = new Batches(data, size, 2);
        BatchIterator pass = batches.iterate(data.cheapestOrder(), item -> 0)) {
      pass.forEachRemaining(read::add);
    }
    return read;
  }

  @Test
  void textsOfOneLength_standTogetherAndAreFilledUpToTheLongest() {
    List<Batch> read = batches(new TextInputs("ids", "mask", null, 0), 2);
    assertThat(read.get(0).indices()).containsExactly(1, 2);
    assertThat(read.get(1).indices()).containsExactly(3, 0);
    assertThat(read.get(0).get("ids").shape()).isEqualTo(Shape.of(2, 8));
    assertThat(read.get(1).get("ids").shape()).isEqualTo(Shape.of(2, 24));
    assertThat(read.get(0).get("ids").type()).isEqualTo(ElementType.INT64);
    assertThat(read.get(0).get("ids").toLongs())
        .containsExactly(1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3);
    long[] mask = read.get(1).get("mask").toLongs();
    assertThat(mask).containsOnly(0, 1).startsWith(1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
    assertThat(Arrays.stream(mask).sum()).isEqualTo(29);
    assertThat(read.get(1).get("class").toArray()).containsExactly(0, 0);
  }

  @Test
  void networkOfOneLength_getsTextsOfThatLength() {
    Batch read = batches(new TextInputs("ids", null, "types", 4), 4).get(0);
    assertThat(read.get("ids").shape()).isEqualTo(Shape.of(4, 4));
    assertThat(read.get("types").toLongs()).containsOnly(0);
    assertThat(read.tensors()).doesNotContainKey("mask");
  }

  @Test
  void split_keepsATextOfEveryClassToLearnFrom() {
    Split<Texts> split = TEXTS.split(0.5, 1);
    assertThat(split.training().countsOfClasses()).containsExactly(1, 1);
    assertThat(split.validation().size()).isEqualTo(2);
    Texts alone =
        Texts.of(List.of(new LabelledText("a", "x", "1"), new LabelledText("b", "x", "2")));
    assertThatThrownBy(() -> alone.split(0.5, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("at least two classes, found x");
  }
}
