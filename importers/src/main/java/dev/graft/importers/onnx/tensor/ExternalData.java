package dev.graft.importers.onnx.tensor;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights in files beside the model. Each file is opened once, and tensors over the same bytes
 * share their numbers: two hundred names of one file take no more memory than one.
 */
public final class ExternalData implements AutoCloseable {

  private final ModelFolder folder;
  private final ReadAllowance allowance;
  private final Map<Path, OpenFile> files = new HashMap<>();
  private final Map<Range, Tensor> read = new HashMap<>();

  /** A file, and how many of its bytes count for what may be allocated. */
  private static final class OpenFile {
    final SeekableByteChannel channel;
    long uncounted;

    OpenFile(SeekableByteChannel channel) throws IOException {
      this.channel = channel;
      this.uncounted = channel.size();
    }
  }

  /**
   * A part of a file, and what its numbers are.
   *
   * @param type ONNX's number of the element type
   */
  record Range(Path file, long offset, long length, int type) {}

  /**
   * @param folder where the files may lie
   * @param allowance grows by the bytes that are read
   */
  public ExternalData(ModelFolder folder, ReadAllowance allowance) {
    this.folder = folder;
    this.allowance = allowance;
  }

  /** What reading the model may allocate. */
  public ReadAllowance allowance() {
    return allowance;
  }

  /**
   * Where a tensor lies.
   *
   * @param length number of bytes the tensor's sizes ask for
   * @throws ImportException if the file is missing, outside the folder, or too short
   */
  Range range(TensorProto tensor, long length) {
    String location = entry(tensor, "location", "");
    String where = "tensor " + tensor.getName() + ": ";
    Path file = folder.resolve(where, location);
    long offset = number(where, entry(tensor, "offset", "0"));
    long given = number(where, entry(tensor, "length", Long.toString(length)));
    if (given != length) {
      throw new ImportException(
          where + "its sizes ask for " + length + " bytes, it claims " + given + " of " + location);
    }
    try {
      long size = open(file).channel.size();
      if (offset < 0 || offset > size - length) {
        throw new ImportException(
            where + location + " has " + size + " bytes, expected " + length + " from " + offset);
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new ImportException(where + location + " cannot be read: " + e.getMessage(), e);
    }
    return new Range(file, offset, length, tensor.getDataType());
  }

  private OpenFile open(Path file) throws IOException {
    OpenFile open = files.get(file);
    if (open == null) {
      open = new OpenFile(Files.newByteChannel(file));
      files.put(file, open);
    }
    return open;
  }

  /** The bytes of a range. */
  StoredBytes bytes(Range range) {
    SeekableByteChannel channel = files.get(range.file).channel;
    return new StoredBytes.InFile(
        range.file.getFileName().toString(), channel, range.offset, range.length);
  }

  /** The numbers of a range under a shape: those read before, or what {@code reader} makes. */
  Tensor shared(Range range, Shape shape, Supplier<Tensor> reader) {
    @Nullable Tensor known = read.get(range);
    if (known == null) {
      count(range);
      known = reader.get();
      read.put(range, known);
    }
    return known.reshape(shape);
  }

  /** However many ranges overlap, a file counts once. */
  void count(Range range) {
    OpenFile file = files.get(range.file);
    long counted = Math.min(file.uncounted, range.length);
    file.uncounted -= counted;
    boolean quantised =
        range.type == TensorProto.DataType.INT8_VALUE
            || range.type == TensorProto.DataType.UINT8_VALUE;
    allowance.grant(counted, quantised);
  }

  private static String entry(TensorProto tensor, String key, String absent) {
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entry.getKey().equals(key)) {
        return entry.getValue();
      }
    }
    return absent;
  }

  private static long number(String where, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ImportException(where + "external data with the number '" + text + "'", e);
    }
  }

  @Override
  public void close() {
    for (OpenFile file : files.values()) {
      try {
        file.channel.close();
      } catch (IOException e) {
        // Nothing was written: what was read stands.
        continue;
      }
    }
  }
}
