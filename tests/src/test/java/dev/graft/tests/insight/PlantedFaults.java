package dev.graft.tests.insight;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A copy of ants and bees with faults in it: one in twenty training labels flipped, ten training
 * pictures once more among those that validate (five as they are, three at half their size, two at
 * a JPEG quality of 30), three cut off after an eighth of their bytes.
 *
 * @param flipped names of files under the wrong class
 * @param copied names of the copies
 * @param truncated names of the files that were cut off
 */
record PlantedFaults(List<String> flipped, List<String> copied, List<String> truncated) {

  private static final List<String> CLASSES = List.of("ants", "bees");

  /** Makes the copy at {@code to}; the same seed plants the same faults. */
  static PlantedFaults plant(Path from, Path to, long seed) throws IOException {
    Random random = new Random(seed);
    List<String> training = new ArrayList<>();
    for (String part : List.of("train", "val")) {
      for (String name : CLASSES) {
        Path target = Files.createDirectories(to.resolve(part).resolve(name));
        try (Stream<Path> files = Files.list(from.resolve(part).resolve(name))) {
          for (Path file : files.filter(f -> f.toString().endsWith(".jpg")).sorted().toList()) {
            Files.copy(file, target.resolve(file.getFileName()));
            if (part.equals("train")) {
              training.add(name + "/" + file.getFileName());
            }
          }
        }
      }
    }
    Collections.shuffle(training, random);
    int wrong = Math.round(training.size() / 20f);
    List<String> flipped = new ArrayList<>();
    List<String> copied = new ArrayList<>();
    List<String> truncated = new ArrayList<>();
    for (String one : training.subList(0, wrong)) {
      String other = CLASSES.get(1 - CLASSES.indexOf(folder(one))) + "/x" + name(one);
      Files.move(to.resolve("train").resolve(one), to.resolve("train").resolve(other));
      flipped.add("train/" + other);
    }
    for (int i = 0; i < 10; i++) {
      String one = training.get(wrong + i);
      String copy = folder(one) + "/copy" + name(one);
      copy(to.resolve("train").resolve(one), to.resolve("val").resolve(copy), i);
      copied.add("val/" + copy);
    }
    for (String one : training.subList(wrong + 10, wrong + 13)) {
      Path file = to.resolve("train").resolve(one);
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 8));
      truncated.add("train/" + one);
    }
    return new PlantedFaults(flipped, copied, truncated);
  }

  private static String folder(String file) {
    return file.substring(0, file.indexOf('/'));
  }

  private static String name(String file) {
    return file.substring(file.indexOf('/') + 1);
  }

  private static void copy(Path from, Path to, int kind) throws IOException {
    if (kind < 5) {
      Files.copy(from, to);
      return;
    }
    BufferedImage picture = ImageIO.read(from.toFile());
    int share = kind < 8 ? 2 : 1;
    int width = picture.getWidth() / share;
    int height = picture.getHeight() / share;
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = scaled.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(picture, 0, 0, width, height, null);
    g.dispose();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(kind < 8 ? 0.8f : 0.3f);
    try (ImageOutputStream out = ImageIO.createImageOutputStream(to.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(scaled, null, null), settings);
    } finally {
      writer.dispose();
    }
  }
}
