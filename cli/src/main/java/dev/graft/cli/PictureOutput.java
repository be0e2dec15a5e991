package dev.graft.cli;

import dev.graft.importers.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures that a command makes, as PNG. */
final class PictureOutput {

  private PictureOutput() {}

  /** Writes one; its folder is made if need be. */
  static void write(BufferedImage picture, Path file) {
    byte[] png = png(picture);
    AtomicFile.write(file, out -> out.write(png));
  }

  static byte[] png(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
