package dev.graft.importers.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads safetensors files. Tensors of any type become float32: halves exactly, doubles and whole
 * numbers (such as counters of batches) rounded to nearest. Nothing in a file is believed: its
 * header is checked against its length before memory is taken.
 */
public final class SafetensorsReader {

  /** The format's own bound on the header. */
  private static final long MAX_HEADER = 100_000_000;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private SafetensorsReader() {}

  /**
   * What a file holds.
   *
   * @param weights the floating-point tensors
   * @param notes the header's free text
   */
  public record Contents(Weights weights, Map<String, String> notes) {}

  /**
   * Reads a file.
   *
   * @throws ImportException if it is no safetensors file, or its header does not fit its data
   */
  public static Contents read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer length = read(channel, 0, Long.BYTES, file);
      long headerLength = length.getLong();
      if (headerLength < 2 || headerLength > Math.min(MAX_HEADER, channel.size() - Long.BYTES)) {
        throw new ImportException(file + ": is no safetensors file, or it is truncated");
      }
      byte[] header = read(channel, Long.BYTES, (int) headerLength, file).array();
      JsonNode json = JSON.readTree(header);
      if (json == null || !json.isObject()) {
        throw new ImportException(file + ": is no safetensors file");
      }
      return contents(channel, file, Long.BYTES + headerLength, json);
    } catch (JacksonException e) {
      throw new ImportException(
          file + ": is no safetensors file (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(file + ": is too large for the heap; raise it with -Xmx", e);
    }
  }

  private static Contents contents(FileChannel channel, Path file, long data, JsonNode header)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> notes = new LinkedHashMap<>();
    TreeMap<Long, Long> taken = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      String name = field.getKey();
      if (name.equals("__metadata__")) {
        field.getValue().properties().forEach(e -> notes.put(e.getKey(), e.getValue().asText()));
        continue;
      }
      String where = file + ": tensor " + name + ": ";
      Place place = place(where, field.getValue(), channel.size() - data);
      if (place.begin < place.end) {
        if (overlaps(taken, place)) {
          throw new ImportException(where + "shares its bytes with another; the file is damaged");
        }
        taken.put(place.begin, place.end);
      }
      int length = (int) Math.min(Integer.MAX_VALUE, place.end - place.begin);
      if (length < place.end - place.begin) {
        throw new ImportException(where + "is larger than 2 GiB, which is not supported");
      }
      ByteBuffer bytes = read(channel, data + place.begin, length, file);
      float[] values = new float[place.shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = place.type.next(bytes);
      }
      tensors.put(name, Tensor.of(place.shape, values));
    }
    return new Contents(Weights.of(tensors), notes);
  }

  private static boolean overlaps(TreeMap<Long, Long> taken, Place place) {
    Map.Entry<Long, Long> before = taken.lowerEntry(place.end);
    return before != null && before.getValue() > place.begin;
  }

  /** Where a tensor lies: from {@code begin} inclusive to {@code end} exclusive. */
  private record Place(ElementType type, Shape shape, long begin, long end) {}

  private static Place place(String where, JsonNode entry, long size) {
    ElementType type = type(where, entry.path("dtype").asText());
    Shape shape = shape(where, entry.path("shape"));
    JsonNode offsets = entry.path("data_offsets");
    long begin = offset(offsets.path(0));
    long end = offset(offsets.path(1));
    boolean fits =
        begin >= 0 && end <= size && end - begin == (long) type.width() * shape.elements();
    if (!fits || offsets.size() != 2) {
      throw new ImportException(
          where
              + "its place "
              + begin
              + " to "
              + end
              + " does not fit "
              + shape
              + " of "
              + type
              + ", or the file is truncated");
    }
    return new Place(type, shape, begin, end);
  }

  private static long offset(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong() ? number.longValue() : -1;
  }

  private static ElementType type(String where, String name) {
    try {
      return ElementType.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new ImportException(where + "has the unknown type '" + name + "'", e);
    }
  }

  private static Shape shape(String where, JsonNode sizes) {
    if (!sizes.isArray() || sizes.size() > 16) {
      throw new ImportException(where + "has no shape of at most 16 axes");
    }
    try {
      int[] shape = new int[sizes.size()];
      for (int axis = 0; axis < shape.length; axis++) {
        if (!sizes.get(axis).isInt()) {
          throw new ImportException(where + "has a size of " + sizes.get(axis));
        }
        shape[axis] = sizes.get(axis).intValue();
      }
      return Shape.of(shape);
    } catch (ShapeException | ArithmeticException e) {
      throw new ImportException(where + e.getMessage(), e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long from, int length, Path file)
      throws IOException {
    if (from + length > channel.size()) {
      throw new ImportException(file + ": is no safetensors file, or it is truncated");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
      continue;
    }
    return bytes.flip();
  }
}
