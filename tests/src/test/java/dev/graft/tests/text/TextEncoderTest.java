package dev.graft.tests.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.Pooling;
import dev.graft.core.session.text.TextEncoder;
import dev.graft.core.text.TextException;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.text.EncoderReader;
import dev.graft.importers.text.TokenizerReader;
import dev.graft.tests.SentenceEncoders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts to vectors: which text is whose, what is cut, what threads may change (nothing). */
class TextEncoderTest {

  /** A real network: layers add up rounding errors in the orders of other lengths and batches. */
  private static final double SAME = 1e-5;

  private static final int THREADS = 8;

  /** A thread's share; {@code -Dgraft.embeddings=10000} for the long form. */
  private static final int EACH = Integer.getInteger("graft.embeddings", 2000) / THREADS;

  @TempDir Path folder;

  private static TextEncoder small(EncoderSettings settings) {
    return TextEncoder.of(SmallEncoder.model(), SmallEncoder.tokenizer(), settings);
  }

  private static List<String> texts(int seed, int count) {
    List<String> words = List.of("a", "card", "is", "lost", "my", "where");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long key = Rng.key(seed, i);
      List<String> text = new ArrayList<>();
      for (int j = 0; j < Rng.below(key, 0, 30); j++) {
        text.add(words.get(Rng.below(key, j + 1, words.size())));
      }
      texts.add(String.join(" ", text));
    }
    return texts;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  @Test
  void vectorsAreInTheOrderOfTheTexts_whateverRunsTogether() {
    List<String> texts = texts(1, 100);
    try (TextEncoder encoder = small(EncoderSettings.DEFAULT)) {
      assertThat(encoder.dimension()).isEqualTo(SmallEncoder.FEATURES);
      List<float[]> all = encoder.embed(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(cosine(all.get(i), encoder.embed(texts.get(i)))).isCloseTo(1, within(SAME));
        assertThat(cosine(all.get(i), all.get(i))).isCloseTo(1, within(SAME));
      }
    }
  }

  @Test
  void poolings_differInWhatTheySay() {
    EncoderSettings raw = EncoderSettings.DEFAULT.normalized(false);
    try (TextEncoder mean = small(raw);
        TextEncoder max = small(raw.with(Pooling.MAX));
        TextEncoder first = small(raw.with(Pooling.FIRST))) {
      float[] means = mean.embed("my card");
      float[] most = max.embed("my card");
      float[] firsts = first.embed("my card");
      for (int i = 0; i < means.length; i++) {
        assertThat(most[i]).isGreaterThanOrEqualTo(Math.max(means[i], firsts[i]));
      }
      assertThat(firsts).isNotEqualTo(means);
      assertThat(first.embed("my card is lost")).isNotEqualTo(firsts);
    }
  }

  @Test
  void eightThreads_haveTheBitsOfOne() throws ExecutionException, InterruptedException {
    try (TextEncoder encoder = small(EncoderSettings.DEFAULT)) {
      List<List<float[]>> alone = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        alone.add(encoder.embed(texts(i, EACH)));
      }
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        List<Future<List<float[]>>> together = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          int share = i;
          together.add(threads.submit(() -> encoder.embed(texts(share, EACH))));
        }
        for (int i = 0; i < THREADS; i++) {
          List<float[]> found = together.get(i).get();
          for (int j = 0; j < found.size(); j++) {
            assertThat(found.get(j)).isEqualTo(alone.get(i).get(j));
          }
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void aPrompt_isPutBeforeEachText() {
    EncoderSettings settings =
        new EncoderSettings(Pooling.MEAN, true, 0, Map.of("ask", "where is "), "ask");
    try (TextEncoder asking = small(settings);
        TextEncoder plain = small(EncoderSettings.DEFAULT)) {
      assertThat(asking.embed("my card")).isEqualTo(plain.embed("where is my card"));
      assertThat(asking.embed(List.of("my card"), null).get(0)).isEqualTo(plain.embed("my card"));
      assertThatThrownBy(() -> asking.embed(List.of("my card"), "tell"))
          .hasMessageContaining("tell")
          .hasMessageContaining("ask");
    }
  }

  @Test
  void longTexts_areCut_andCounted() {
    try (TextEncoder encoder = small(EncoderSettings.DEFAULT.maxLength(5))) {
      float[] cut = encoder.embed("my card is lost");
      assertThat(encoder.truncated()).isEqualTo(1);
      assertThat(cut).isEqualTo(encoder.embed("my card is"));
      assertThat(encoder.truncated()).isEqualTo(1);
      assertThat(encoder.embed("")).doesNotContain(Float.NaN);
    }
  }

  @Test
  void aTokenizerOfMoreWordsThanTheModel_isRefusedWithBothSizes() {
    Tokenizer larger =
        TokenizerReader.read(
            (SmallEncoder.vocabulary() + "more\n").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> TextEncoder.of(SmallEncoder.model(), larger, EncoderSettings.DEFAULT))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("12 tokens")
        .hasMessageContaining("11");
  }

  @Test
  void aRealEncoder_findsWhatIsAlike() throws IOException {
    Path model = SentenceEncoders.miniLm(folder);
    SentenceEncoders.tokenizer(folder);
    try (TextEncoder encoder = EncoderReader.read(model).open()) {
      List<float[]> v =
          encoder.embed(
              List.of(
                  "How do I locate my card?",
                  "Where is the card that I ordered?",
                  "The weather will be fine on the mountains tomorrow, with little wind."));
      assertThat(cosine(v.get(0), v.get(1))).isGreaterThan(cosine(v.get(0), v.get(2)) + 0.3);
    }
  }
}
