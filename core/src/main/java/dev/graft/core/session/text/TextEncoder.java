package dev.graft.core.session.text;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.session.SessionPool;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.text.Encoding;
import dev.graft.core.text.TextException;
import dev.graft.core.text.Tokenizer;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into vectors whose distances tell how alike they are in meaning (Reimers and
 * Gurevych, EMNLP 2019): for search, clustering, and as the features of a classifier.
 *
 * <pre>{@code
 * try (TextEncoder encoder = TextEncoder.of(model, tokenizer, EncoderSettings.DEFAULT)) {
 *   List<float[]> vectors = encoder.embed(List.of("a text", "another one"));
 * }
 * }</pre>
 *
 * <p>For any number of threads at once. Texts of about one length run together, and the result is
 * the same to the bit however many threads there are.
 */
public final class TextEncoder implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(TextEncoder.class.getName());

  private static final String IDS = "input_ids";

  /** What a network may be fed, and where it is found in a text. */
  private static final Map<String, ToIntBiFunction<Encoding, Integer>> FED =
      Map.of(
          IDS,
          (text, i) -> text.ids()[i],
          "attention_mask",
          (text, i) -> text.mask()[i],
          "token_type_ids",
          (text, i) -> text.typeIds()[i]);

  private final Graph graph;
  private final boolean ofTokens;
  private final int features;
  private final Tokenizer tokenizer;
  private final EncoderSettings settings;
  private final SessionPool sessions;
  private final AtomicLong truncated = new AtomicLong();

  private TextEncoder(
      Model model, Tokenizer tokenizer, EncoderSettings settings, @Nullable Backend backend) {
    String output = output(model.graph());
    this.graph = model.graph().ending(List.of(output));
    Shape vectors = fact(graph, output).shape();
    this.ofTokens = vectors.rank() == 3;
    this.features = vectors.size(-1);
    this.tokenizer =
        settings.maxLength() == 0 || settings.maxLength() >= tokenizer.maxLength()
            ? tokenizer
            : tokenizer.withMaxLength(settings.maxLength());
    this.settings = settings;
    expectInputs(graph);
    expectVocabulary(graph, tokenizer);
    Model ending = new Model(graph, model.weights(), model.metadata());
    int threads = backend == null ? Runtime.getRuntime().availableProcessors() : backend.threads();
    this.sessions =
        backend == null
            ? SessionPool.of(ending, threads)
            : SessionPool.of(ending, backend, threads);
  }

  /**
   * An encoder on the best backend there is, with all processors.
   *
   * @param model takes {@code input_ids} and, where it wants them, {@code attention_mask} and
   *     {@code token_type_ids}, each {@code [N, length]}; its first output of vectors of tokens
   *     {@code [N, length, features]} is pooled, or, where there is none, its first of {@code [N,
   *     features]} is taken as it is
   * @throws TextException if the model is no such one, or knows fewer tokens than the tokenizer
   */
  public static TextEncoder of(Model model, Tokenizer tokenizer, EncoderSettings settings) {
    return new TextEncoder(model, tokenizer, settings, null);
  }

  /**
   * The same on {@code backend}, which stays the caller's to close.
   *
   * @throws TextException as {@link #of(Model, Tokenizer, EncoderSettings)}
   */
  public static TextEncoder of(
      Model model, Tokenizer tokenizer, EncoderSettings settings, Backend backend) {
    return new TextEncoder(model, tokenizer, settings, backend);
  }

  private static Fact fact(Graph graph, String value) {
    Fact fact = graph.facts().get(value);
    if (fact == null) {
      throw new TextException("nothing is known of the model's output " + value);
    }
    return fact;
  }

  private static String output(Graph graph) {
    for (int rank : new int[] {3, 2}) {
      for (String output : graph.outputs()) {
        Fact fact = fact(graph, output);
        if (fact.isFloat() && fact.shape().rank() == rank && fact.shape().dim(-1).isKnown()) {
          return output;
        }
      }
    }
    throw new TextException(
        "the model has no output [N,length,features] or [N,features] to take vectors from; it has "
            + graph.outputs());
  }

  private static void expectInputs(Graph graph) {
    List<String> names = graph.inputs().stream().map(InputSpec::name).toList();
    boolean fits = names.contains(IDS) && FED.keySet().containsAll(names);
    for (InputSpec input : graph.inputs()) {
      fits &= input.type() == ElementType.INT64 && input.shape().rank() == 2;
    }
    if (!fits) {
      throw new TextException(
          "the model takes "
              + graph.inputs().stream().map(i -> i.name() + " " + i).toList()
              + "; a text encoder takes input_ids and may take attention_mask and token_type_ids,"
              + " each int64 [N,length]");
    }
  }

  private static void expectVocabulary(Graph graph, Tokenizer tokenizer) {
    for (Node node : graph.nodes()) {
      boolean words =
          node.op() instanceof Gather
              && node.inputs().get(1).equals(IDS)
              && graph.stored().containsKey(node.inputs().get(0));
      if (words) {
        int rows = graph.stored().get(node.inputs().get(0)).size(0);
        if (tokenizer.vocabularySize() > rows) {
          throw new TextException(
              "the tokenizer has "
                  + tokenizer.vocabularySize()
                  + " tokens, the model's embedding "
                  + node.inputs().get(0)
                  + " has "
                  + rows
                  + "; take the tokenizer that came with the model");
        }
      }
    }
  }

  /** Numbers of a vector. */
  public int dimension() {
    return features;
  }

  /** The longest text, in tokens with the special ones; what is behind is cut off. */
  public int maxLength() {
    return tokenizer.maxLength();
  }

  /** How it makes vectors. */
  public EncoderSettings settings() {
    return settings;
  }

  /** How many texts were longer than {@link #maxLength()} so far, and cut. */
  public long truncated() {
    return truncated.get();
  }

  /** The vector of one text; an empty one has the vector of nothing but special tokens. */
  public float[] embed(String text) {
    return embed(List.of(text)).get(0);
  }

  /** The vectors of texts, in their order, with the prompt of the settings. */
  public List<float[]> embed(List<String> texts) {
    return embed(texts, settings.prompt());
  }

  /**
   * The vectors of texts, in their order.
   *
   * @param prompt name of what is put before each; null for nothing
   * @throws IllegalArgumentException if the settings have no prompt of that name
   */
  public List<float[]> embed(List<String> texts, @Nullable String prompt) {
    String before = prompt == null ? "" : settings.prompts().get(prompt);
    if (before == null) {
      throw new IllegalArgumentException(
          "there is no prompt " + prompt + "; there are " + settings.prompts().keySet());
    }
    List<Encoding> encodings = new ArrayList<>(texts.size());
    for (String text : texts) {
      encodings.add(encoded(before + text));
    }
    float[][] vectors = new float[texts.size()][];
    for (TokenBatches.Batch batch : TokenBatches.of(encodings)) {
      List<Encoding> together = batch.texts().stream().map(encodings::get).toList();
      float[] found = run(batch.length(), together);
      int each = found.length / together.size();
      for (int i = 0; i < together.size(); i++) {
        int tokens = together.get(i).length();
        vectors[batch.texts().get(i)] = vector(tokens, found, i * each, each);
      }
    }
    return Arrays.asList(vectors);
  }

  private Encoding encoded(String text) {
    Encoding encoding = tokenizer.encode(text);
    if (encoding.length() == 0) {
      throw new TextException("a text without a token, and the tokenizer adds none; leave it out");
    }
    if (encoding.dropped() > 0 && truncated.getAndIncrement() == 0) {
      LOG.log(
          Level.WARNING,
          "a text has {0} tokens more than the {1} that count here; what is behind is ignored, in"
              + " this and other texts",
          encoding.dropped(),
          maxLength());
    }
    return encoding;
  }

  /** The output for some texts. */
  private float[] run(int length, List<Encoding> texts) {
    Shape shape = Shape.of(texts.size(), length);
    List<Encoding> padded =
        texts.stream().map(text -> text.padded(length, tokenizer.padding())).toList();
    Map<String, Tensor> fed = new LinkedHashMap<>();
    for (InputSpec input : graph.inputs()) {
      ToIntBiFunction<Encoding, Integer> found = FED.get(input.name());
      long[] numbers = new long[shape.elements()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = found.applyAsInt(padded.get(i / length), i % length);
      }
      fed.put(input.name(), Tensor.whole(shape, numbers));
    }
    return sessions.run(fed).get(graph.output()).toArray();
  }

  /** The vector of a text whose part of the output begins at {@code at}. */
  private float[] vector(int tokens, float[] output, int at, int count) {
    float[] vector;
    if (ofTokens) {
      vector = new float[features];
      settings.pooling().pool(tokens, vector.length, output, at, vector);
    } else {
      vector = Arrays.copyOfRange(output, at, at + count);
    }
    if (settings.normalized()) {
      normalize(vector);
    }
    return vector;
  }

  /** To length 1; a vector of zeros stays one. */
  private static void normalize(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    float factor = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 1;
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= factor;
    }
  }

  /** Waits for what is running, and gives back its memory; a backend that it was given stays. */
  @Override
  public void close() {
    sessions.close();
  }
}
