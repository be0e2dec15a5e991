package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Profile;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A model made ready to predict on a backend: compiled for each batch shape it meets, its weights
 * packed once. Belongs to one thread at a time, which it checks; any number of sessions can share a
 * model, and those of a {@link SessionPool} share the packed weights too.
 */
public final class Session implements AutoCloseable {

  /** Pictures that are computed together; more gain little and take more memory. */
  private static final int BATCH = 32;

  private final Model model;
  private final Backend backend;
  private final PlanExecutor executor;

  /** What ends with the session; null where it is a pool's to end. */
  private final @Nullable Runnable ending;

  private final Ranking ranking;

  /** What it does not know; null where the model says nothing of that. */
  private final @Nullable Rejection rejection;

  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private volatile boolean closed;

  Session(Model model, Backend backend, PlanExecutor executor, @Nullable Runnable ending) {
    this.model = model;
    this.backend = backend;
    this.executor = executor;
    this.ending = ending;
    this.ranking =
        new Ranking(
            model.graph().outputs().size() == 1
                ? OutputMeaning.of(model.graph())
                : OutputMeaning.UNKNOWN,
            model.metadata().labels());
    this.rejection = Rejection.of(model);
  }

  /**
   * A session on the best backend there is, with all processors. All sessions and pools made so
   * share it; it is closed with the last of them.
   */
  public static Session of(Model model) {
    Backend backend = SharedBackend.take();
    try {
      return new Session(model, backend, executor(model, backend), SharedBackend::release);
    } catch (RuntimeException | Error e) {
      SharedBackend.release();
      throw e;
    }
  }

  /** A session on {@code backend}, which stays the caller's to close. */
  public static Session of(Model model, Backend backend) {
    return new Session(model, backend, executor(model, backend), () -> {});
  }

  static PlanExecutor executor(Model model, Backend backend) {
    Graph graph = Rejection.of(model) == null ? model.graph() : Rejection.observed(model);
    Variables variables = Variables.readOnly(backend, graph, model.weights());
    return new PlanExecutor(graph, variables, backend, Set.of());
  }

  /** The model it runs. */
  public Model model() {
    return model;
  }

  /** What it computes on. */
  public Backend backend() {
    return backend;
  }

  /**
   * Feeds raw tensors.
   *
   * @param inputs host tensors by input name
   * @return host tensors by output name, the caller's to keep
   * @throws ShapeException if an input is missing or does not fit
   * @throws dev.graft.core.plan.MemoryException if the batch does not fit into memory
   * @throws IllegalStateException if the session is closed, or in use by another thread
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Map<String, Tensor> all = observed(inputs);
    if (rejection == null) {
      return all;
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>(all);
    outputs.keySet().retainAll(model.graph().outputs());
    return outputs;
  }

  /**
   * Runs raw tensors over and over and takes the time of each step: where a prediction spends it.
   *
   * @param inputs as of {@link #run}
   * @param duration for how long at least
   */
  public Profile profile(Map<String, Tensor> inputs, Duration duration) {
    claim();
    try {
      return executor.profile(inputs, duration);
    } finally {
      user.set(null);
    }
  }

  /** The outputs, and with a rejection the features before the head. */
  private Map<String, Tensor> observed(Map<String, Tensor> inputs) {
    claim();
    try {
      return executor.predict(inputs);
    } finally {
      user.set(null);
    }
  }

  private void claim() {
    if (!user.compareAndSet(null, Thread.currentThread())) {
      throw new IllegalStateException(
          closed
              ? "the session is closed; open a new one"
              : "the session is in use by another thread; open one for each thread, or a SessionPool");
    }
    if (closed) {
      user.set(null);
      throw new IllegalStateException("the session is closed; open a new one");
    }
  }

  /**
   * One raw item through a model with one input and one output.
   *
   * @param item the input without its batch axis, row-major
   * @return the output without its batch axis
   * @throws ShapeException if the item does not have the input's size, or that is open; {@link
   *     #run} takes items of any size
   */
  public float[] predict(float[] item) {
    InputSpec input = model.graph().input();
    Shape shape = input.bind(1);
    if (shape.isOpen()) {
      throw new ShapeException(
          "input " + input.name() + " is " + input + ": run a tensor, which says how large it is");
    }
    return predict(input, Tensor.of(shape, item));
  }

  private float[] predict(InputSpec input, Tensor items) {
    return run(Map.of(input.name(), items)).get(model.graph().output()).toArray();
  }

  /**
   * Predicts of a picture with the preprocessing the model carries.
   *
   * @return as {@link #ranked}: all classes, the most probable first; before them {@link
   *     Rejection#UNKNOWN} where the model can tell that it does not know
   * @throws IllegalStateException if the model carries no preprocessing; set it with {@code
   *     model.with(model.metadata().withPreprocessing(…))}
   */
  public List<Prediction> predict(BufferedImage picture) {
    return predict(List.of(picture)).get(0);
  }

  /**
   * Predicts of many pictures, {@value #BATCH} at a time: faster than one by one.
   *
   * @return for each picture what {@link #predict(BufferedImage)} returns, in their order
   * @throws IllegalStateException if the model carries no preprocessing
   */
  public List<List<Prediction>> predict(List<BufferedImage> pictures) {
    Preprocessing preprocessing = preprocessing();
    int batch = model.graph().input().isBatched() ? BATCH : 1;
    List<List<Prediction>> predictions = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += batch) {
      List<BufferedImage> part = pictures.subList(from, Math.min(pictures.size(), from + batch));
      predictions.addAll(predictBatch(preprocessing, part));
    }
    return predictions;
  }

  private Preprocessing preprocessing() {
    Preprocessing preprocessing = model.metadata().preprocessing();
    if (preprocessing == null) {
      throw new IllegalStateException(
          "the model carries no preprocessing; set one of "
              + String.join(", ", Preprocessing.NAMES)
              + " with Metadata.withPreprocessing");
    }
    preprocessing.check(model.graph().input());
    return preprocessing;
  }

  /**
   * Predicts of several views of a picture and takes the mean of what is said: test-time
   * augmentation. Whether the model knows the picture is told from the picture as it is.
   *
   * @param views {@link Augment#FLIP} looks at it and at its mirror image, one that crops at eight
   *     views; the same ones every time
   * @return as {@link #predict(BufferedImage)}
   * @throws IllegalStateException if the model carries no preprocessing
   */
  public List<Prediction> predict(BufferedImage picture, Augment views) {
    Preprocessing preprocessing = preprocessing();
    List<float[]> items = Preprocessor.views(preprocessing, views, picture);
    if (model.graph().input().isBatched()) {
      return MeanPrediction.of(predictItems(preprocessing, items));
    }
    return MeanPrediction.of(
        items.stream().map(item -> predictItems(preprocessing, List.of(item)).get(0)).toList());
  }

  private List<List<Prediction>> predictBatch(
      Preprocessing preprocessing, List<BufferedImage> pictures) {
    return predictItems(
        preprocessing,
        pictures.stream().map(picture -> Preprocessor.apply(preprocessing, picture)).toList());
  }

  /** As many pictures as an input takes, each as the preprocessing makes it. */
  private List<List<Prediction>> predictItems(Preprocessing preprocessing, List<float[]> pictures) {
    int count = pictures.size();
    Shape shape = preprocessing.shape().with(0, count);
    float[] items = new float[shape.elements()];
    for (int i = 0; i < count; i++) {
      float[] item = pictures.get(i);
      System.arraycopy(item, 0, items, i * item.length, item.length);
    }
    Map<String, Tensor> all =
        observed(Map.of(model.graph().input().name(), Tensor.of(shape, items)));
    float[] outputs = all.get(model.graph().output()).toArray();
    int length = outputs.length / count;
    List<List<Prediction>> ranked =
        IntStream.range(0, count)
            .mapToObj(i -> ranked(Arrays.copyOfRange(outputs, i * length, (i + 1) * length)))
            .toList();
    return rejection == null ? ranked : rejected(rejection, ranked, all);
  }

  /** The predictions, with {@link Rejection#UNKNOWN} in front where the model does not know. */
  private List<List<Prediction>> rejected(
      Rejection rejection, List<List<Prediction>> ranked, Map<String, Tensor> all) {
    Tensor trunk = all.get(model.head().trunk());
    double[][] features = Rejection.features(trunk.toArray(), trunk.shape());
    return IntStream.range(0, ranked.size())
        .mapToObj(
            i -> {
              List<Prediction> one = ranked.get(i);
              double best = one.get(0).probability();
              return rejection.rejects(features[i], best)
                  ? Stream.concat(Stream.of(Prediction.unknown(best)), one.stream()).toList()
                  : one;
            })
        .toList();
  }

  /**
   * An output as predictions, by what its numbers mean ({@link OutputMeaning}): the probabilities
   * of classes or of independent labels, the most probable first; two classes for a single sigmoid,
   * whose probability is that of the second ({@code X} and {@code not X} where there is one label);
   * numbers that are no probabilities in their own order.
   */
  public List<Prediction> ranked(float[] output) {
    return ranking.of(output);
  }

  /**
   * Ends the session; a backend that it was given stays open. May be called twice.
   *
   * @throws IllegalStateException if another thread is predicting with it, or it belongs to a pool
   */
  @Override
  public void close() {
    if (ending == null) {
      throw new IllegalStateException("the session belongs to a SessionPool; close that");
    }
    if (!closed) {
      end();
      ending.run();
    }
  }

  /** Gives back what it holds. */
  void end() {
    claim();
    closed = true;
    user.set(null);
    executor.release();
  }
}
