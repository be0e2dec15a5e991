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
import dev.graft.importers.onnx.HalfFloat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads safetensors files: F32, F16, BF16 and F64 tensors as float32; tensors of whole numbers
 * (such as counters of batches) are passed over.
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
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      Map<String, String> notes = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (field.getKey().equals("__metadata__")) {
          field.getValue().properties().forEach(e -> notes.put(e.getKey(), e.getValue().asText()));
        } else {
          add(channel, file, Long.BYTES + headerLength, field.getKey(), field.getValue(), tensors);
        }
      }
      return new Contents(Weights.of(tensors), notes);
    } catch (JacksonException e) {
      throw new ImportException(
          file + ": is no safetensors file (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void add(
      FileChannel channel,
      Path file,
      long data,
      String name,
      JsonNode entry,
      Map<String, Tensor> tensors)
      throws IOException {
    String where = file + ": tensor " + name + ": ";
    String type = entry.path("dtype").asText();
    int width =
        switch (type) {
          case "F32" -> 4;
          case "F64" -> 8;
          case "F16", "BF16" -> 2;
          default -> 0;
        };
    if (width == 0) {
      return;
    }
    Shape shape = shape(where, entry.path("shape"));
    long begin = entry.path("data_offsets").path(0).asLong(-1);
    long end = entry.path("data_offsets").path(1).asLong(-1);
    if (begin < 0
        || end - begin != (long) width * shape.elements()
        || data + end > channel.size()) {
      throw new ImportException(
          where + "its place " + begin + " to " + end + " does not fit " + shape + " of " + type);
    }
    ByteBuffer bytes = read(channel, data + begin, Math.toIntExact(end - begin), file);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "F32" -> bytes.getFloat();
            case "F64" -> (float) bytes.getDouble();
            case "F16" -> HalfFloat.toFloat(bytes.getShort() & 0xFFFF);
            default -> Float.intBitsToFloat(bytes.getShort() << 16);
          };
    }
    tensors.put(name, Tensor.of(shape, values));
  }

  private static Shape shape(String where, JsonNode sizes) {
    try {
      int[] shape = new int[Math.min(sizes.size(), 16)];
      for (int axis = 0; axis < shape.length; axis++) {
        if (!sizes.get(axis).canConvertToInt()) {
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
