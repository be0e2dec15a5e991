package dev.graft.core.data.picture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Levels that Pillow computed (tests/golden/pictures.py).
 *
 * @param levels interleaved: {@code [height, width, channels]}
 */
record Golden(int height, int width, int channels, byte[] levels) {

  static Golden of(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(file(name + ".levels"));
    int height = bytes.getInt();
    int width = bytes.getInt();
    int channels = bytes.getInt();
    byte[] levels = new byte[bytes.remaining()];
    bytes.get(levels);
    return new Golden(height, width, channels, levels);
  }

  static byte[] file(String name) {
    try (InputStream in = Golden.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no golden file " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int level(int channel, int y, int x) {
    return levels[(y * width + x) * channels + channel] & 0xFF;
  }

  /** Largest difference to a picture's levels, a gray one taken as three equal channels. */
  int distance(Raster8 raster) {
    int most = 0;
    for (int c = 0; c < channels; c++) {
      byte[] plane = raster.planes()[raster.isGray() ? 0 : c];
      for (int i = 0; i < width * height; i++) {
        most = Math.max(most, Math.abs(level(c, i / width, i % width) - (plane[i] & 0xFF)));
      }
    }
    return most;
  }
}
