package dev.graft.core.session;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a model says that it does not know what it sees: when the features before its head lie too
 * far outside the directions that its own pictures lead in, or when no class is probable enough.
 * Kept in the model's metadata.
 *
 * @param directions orthonormal rows {@code [K,D]}, row-major
 * @param size D, the number of features
 * @param farthest largest {@link #distance} of what is known
 * @param leastProbability smallest probability of the best class of what is known
 */
public record Rejection(
    List<Float> directions, int size, double farthest, double leastProbability) {

  /** What stands in place of a label. */
  public static final String UNKNOWN = "unknown";

  private static final String KEY = "graft.reject";

  /**
   * @throws IllegalArgumentException if the directions are no rows of that size
   */
  public Rejection {
    directions = List.copyOf(directions);
    if (size < 1 || directions.size() % size != 0) {
      throw new IllegalArgumentException(
          "expected rows of " + size + " numbers, found " + directions.size());
    }
  }

  /**
   * The one that a model carries; null if it carries none.
   *
   * @throws GraphException if what it carries is damaged, or of another network
   */
  public static @Nullable Rejection of(Model model) {
    String text = model.metadata().provenance().get(KEY);
    if (text == null) {
      return null;
    }
    Rejection read;
    try {
      read = read(text.split(" "));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new GraphException(
          "what the model says of what it does not know is damaged (" + KEY + "): train it again");
    }
    Fact trunk = model.graph().facts().get(model.head().trunk());
    if (trunk == null || trunk.shape().rank() < 2 || !trunk.shape().dim(1).is(read.size)) {
      throw new GraphException(
          "what the model says of what it does not know ("
              + KEY
              + ") is of other features than"
              + " those of "
              + model.head().trunk()
              + ": train it again");
    }
    return read;
  }

  private static Rejection read(String[] words) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(words[3])).order(ByteOrder.LITTLE_ENDIAN);
    Float[] directions = new Float[bytes.remaining() / Float.BYTES];
    for (int i = 0; i < directions.length; i++) {
      directions[i] = bytes.getFloat();
    }
    return new Rejection(
        List.of(directions),
        Integer.parseInt(words[0]),
        Double.parseDouble(words[1]),
        Double.parseDouble(words[2]));
  }

  /** The model with this in its metadata. */
  public Model in(Model model) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * directions.size()).order(ByteOrder.LITTLE_ENDIAN);
    directions.forEach(bytes::putFloat);
    String text =
        String.join(
            " ",
            "" + size,
            "" + farthest,
            "" + leastProbability,
            Base64.getEncoder().encodeToString(bytes.array()));
    Metadata metadata = model.metadata();
    Map<String, String> notes = new LinkedHashMap<>(metadata.provenance());
    notes.put(KEY, text);
    return model.with(metadata.withProvenance(notes));
  }

  /** The network with the features before its head as a further output. */
  public static Graph observed(Model model) {
    return model.graph().ending(List.of(model.graph().output(), model.head().trunk()));
  }

  /**
   * The features of the examples of a batch: unit vectors of the means over positions.
   *
   * @param values of the trunk's end
   * @param shape {@code [N,D,…]}
   */
  public static double[][] features(float[] values, Shape shape) {
    int channels = shape.size(1);
    int plane = shape.elements(2, shape.rank());
    double[][] features = new double[shape.size(0)][channels];
    for (int n = 0; n < features.length; n++) {
      double squares = 0;
      for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int i = 0; i < plane; i++) {
          sum += values[(n * channels + c) * plane + i];
        }
        features[n][c] = sum / plane;
        squares += features[n][c] * features[n][c];
      }
      double norm = Math.max(1e-12, Math.sqrt(squares));
      for (int c = 0; c < channels; c++) {
        features[n][c] /= norm;
      }
    }
    return features;
  }

  /** The share of a unit vector that lies outside the directions: {@code 1 - Σ (d f)^2}. */
  public double distance(double[] feature) {
    double inside = 0;
    for (int row = 0; row < directions.size(); row += size) {
      double along = 0;
      for (int i = 0; i < size; i++) {
        along += directions.get(row + i) * feature[i];
      }
      inside += along * along;
    }
    return 1 - inside;
  }

  /** Whether a picture of those features and that best probability is not known. */
  boolean rejects(double[] feature, double probability) {
    return distance(feature) > farthest || probability < leastProbability;
  }
}
