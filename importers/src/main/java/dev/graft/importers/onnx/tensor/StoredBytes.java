package dev.graft.importers.onnx.tensor;

import com.google.protobuf.ByteString;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * The bytes of a tensor, little-endian, piece by piece: a file need not be in memory twice to be
 * converted.
 */
interface StoredBytes {

  /** Takes the next piece, from its position to its limit. */
  @FunctionalInterface
  interface Reader {
    void next(ByteBuffer piece);
  }

  /** How many there are. */
  long length();

  /**
   * All of them, in order, in pieces of a multiple of 8 bytes but for the last.
   *
   * @throws ImportException if they cannot be read
   */
  void read(Reader reader);

  /** Bytes within the model's own file. */
  static StoredBytes of(ByteString bytes) {
    return new StoredBytes() {
      @Override
      public long length() {
        return bytes.size();
      }

      @Override
      public void read(Reader reader) {
        reader.next(bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
      }
    };
  }

  /**
   * Bytes of a file beside the model.
   *
   * @param where for messages
   * @param channel stays open
   */
  record InFile(String where, SeekableByteChannel channel, long offset, long length)
      implements StoredBytes {

    private static final int PIECE = 1 << 16;

    @Override
    public void read(Reader reader) {
      ByteBuffer piece =
          ByteBuffer.allocate((int) Math.min(PIECE, length)).order(ByteOrder.LITTLE_ENDIAN);
      try {
        for (long done = 0; done < length; done += piece.limit()) {
          piece.clear().limit((int) Math.min(piece.capacity(), length - done));
          channel.position(offset + done);
          while (piece.hasRemaining()) {
            if (channel.read(piece) < 0) {
              throw new ImportException(where + " became shorter while it was read");
            }
          }
          reader.next(piece.flip());
        }
      } catch (IOException | UnsupportedOperationException e) {
        throw new ImportException(where + " cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
