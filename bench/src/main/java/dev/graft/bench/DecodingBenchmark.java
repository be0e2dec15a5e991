package dev.graft.bench;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A photograph of usual size from its file to the tensor a network reads, and the two halves of
 * that. ImageIO alone is what decoding is measured against.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodingBenchmark {

  private static final int WIDTH = 500;
  private static final int HEIGHT = 375;

  @Param({"jpg", "png"})
  private String format;

  private final Preprocessing preprocessing = Preprocessing.named("imagenet", 3, 224, 224);
  private Path file;
  private BufferedImage picture;

  @Setup
  public void draw() throws IOException {
    picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        // Slopes with noise: neither empty nor beyond compression.
        int noise = Rng.below(1, y * WIDTH + x, 16);
        picture.setRGB(x, y, (x / 3 + noise) << 16 | (y / 2 + noise) << 8 | (x + y) / 5);
      }
    }
    file = Files.createTempFile("graft-bench", "." + format);
    if (!ImageIO.write(picture, format, file.toFile())) {
      throw new IOException("ImageIO writes no " + format);
    }
  }

  @Benchmark
  public BufferedImage decode() {
    return PictureFile.read(file);
  }

  @Benchmark
  public BufferedImage imageIo() throws IOException {
    return ImageIO.read(file.toFile());
  }

  @Benchmark
  public float[] preprocess() {
    return Preprocessor.apply(preprocessing, picture);
  }

  @Benchmark
  public float[] decodeAndPreprocess() {
    return Preprocessor.apply(preprocessing, PictureFile.read(file));
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }
}
