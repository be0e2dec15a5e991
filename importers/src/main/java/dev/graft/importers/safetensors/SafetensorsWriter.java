package dev.graft.importers.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.AtomicFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes weights as safetensors: an 8-byte little-endian header length, the header as JSON (name to
 * type, shape and place), then the float32 elements.
 */
public final class SafetensorsWriter {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /**
   * Writes weights; the file appears whole or not at all.
   *
   * @param notes free text by key, kept in the header
   * @throws dev.graft.importers.ExportException if the file cannot be written
   */
  public static void write(Weights weights, Map<String, String> notes, Path file) {
    byte[] header = header(weights, notes);
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(Long.BYTES)
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .putLong(header.length)
                  .array());
          out.write(header);
          for (Tensor tensor : weights.asMap().values()) {
            float[] values = tensor.toArray();
            ByteBuffer raw =
                ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
            raw.asFloatBuffer().put(values);
            out.write(raw.array());
          }
        });
  }

  private static byte[] header(Weights weights, Map<String, String> notes) {
    ObjectNode header = JSON.createObjectNode();
    if (!notes.isEmpty()) {
      ObjectNode metadata = header.putObject("__metadata__");
      new TreeMap<>(notes).forEach(metadata::put);
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : weights.asMap().entrySet()) {
      ObjectNode tensor = header.putObject(entry.getKey());
      tensor.put("dtype", "F32");
      ArrayNode shape = tensor.putArray("shape");
      for (int size : entry.getValue().shape().toArray()) {
        shape.add(size);
      }
      long end = offset + (long) Float.BYTES * entry.getValue().shape().elements();
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    // Padded with spaces so that the data starts at a multiple of 8.
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }
}
