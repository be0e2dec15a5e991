package dev.graft.importers.keras.container;

import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Files whose bytes count as those of one, each behind the one before it. */
final class Shards {

  /** A multiple of the width of every number. */
  private static final int PIECE = 1 << 16;

  private record Shard(Path file, long start, long length) {}

  private final List<Shard> shards = new ArrayList<>();
  private long length;

  /**
   * @throws ImportException if one cannot be read
   */
  Shards(List<Path> files) {
    for (Path file : files) {
      try {
        long size = Files.size(file);
        shards.add(new Shard(file, length, size));
        length += size;
      } catch (IOException e) {
        throw ImportException.unreadable(file.getFileName(), e);
      }
    }
  }

  /** Bytes of all files. */
  long length() {
    return length;
  }

  /**
   * A range of bytes, little-endian, in pieces of a multiple of 8 bytes but for the last: no weight
   * is in memory twice.
   *
   * @throws ImportException if they cannot be read
   */
  void read(long offset, long count, Consumer<ByteBuffer> reader) {
    ByteBuffer piece =
        ByteBuffer.allocate((int) Math.min(PIECE, count)).order(ByteOrder.LITTLE_ENDIAN);
    long end = offset + count;
    long filled = offset;
    for (Shard shard : shards) {
      long last = Math.min(end, shard.start + shard.length);
      if (filled >= last || filled < shard.start) {
        continue;
      }
      try (SeekableByteChannel channel = Files.newByteChannel(shard.file)) {
        channel.position(filled - shard.start);
        while (filled < last) {
          piece.limit((int) Math.min(piece.capacity(), piece.position() + last - filled));
          int found = channel.read(piece);
          if (found < 0) {
            throw new ImportException(
                shard.file.getFileName() + " became shorter while it was read");
          }
          filled += found;
          if (piece.position() == piece.capacity() || filled == end) {
            reader.accept(piece.flip());
            piece.clear();
          }
        }
      } catch (IOException | UnsupportedOperationException e) {
        throw new ImportException(
            shard.file.getFileName() + " cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
