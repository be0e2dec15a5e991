package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.picture.PictureFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formats that the command reads beyond the JDK's. Each picture is 6x4, blue beside red. */
class PictureFormatsTest {

  /** Written by Pillow with lossless=True. */
  private static final String WEBP = "UklGRiIAAABXRUJQVlA4TBYAAAAvBcAAAA9wHvFT0J6Je/6DB8WJ6H8A";

  /** With a quality of 90. */
  private static final String LOSSY_WEBP =
      "UklGRlgAAABXRUJQVlA4IEwAAABQAwCdASoGAAQAAMASJagCdLoB+AFGA/ACtAP4BlAALNmZkAD+/lyJPql//iWurf"
          + "SU0WFPYfsl/9w/CsU4N/3Hl9bU8zXwb/+4oAAA";

  /** With Exif data that turn it by a quarter. */
  private static final String TURNED_WEBP =
      "UklGRlYAAABXRUJQVlA4WAoAAAAIAAAABQAAAwAAVlA4TBYAAAAvBcAAAA9wHvFT0J6Je/6DB8WJ6H8ARVhJRhoAAA"
          + "BNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==";

  private static final String LZW_TIFF =
      "SUkqACwAAACABQeNyBQSBsgPCiEQqEwWHQeEwuFw+DNyJRGGwOKReGCiAgAKAAABAwABAAAABgAAAAEBAwABAAAABA"
          + "AAAAIBAwADAAAAqgAAAAMBAwABAAAABQAAAAYBAwABAAAAAgAAABEBBAABAAAACAAAABUBAwABAAAAAwAAABYB"
          + "AwABAAAABAAAABcBBAABAAAAIwAAABwBAwABAAAAAQAAAAAAAAAIAAgACAA=";

  /** Turned by a quarter. */
  private static final String TURNED_TIFF =
      "SUkqAAgAAAALAAABBAABAAAABgAAAAEBBAABAAAABAAAAAIBAwADAAAAkgAAAAMBAwABAAAAAQAAAAYBAwABAAAAAg"
          + "AAABEBBAABAAAAmAAAABIBAwABAAAABgAAABUBAwABAAAAAwAAABYBBAABAAAABAAAABcBBAABAAAASAAAABwB"
          + "AwABAAAAAQAAAAAAAAAIAAgACAAUPNwUPNwUPNzIHijIHijIHigUPNwUPNwUPNzIHijIHijIHigUPNwUPNwUPNz"
          + "IHijIHijIHigUPNwUPNwUPNzIHijIHijIHig=";

  @TempDir private Path folder;

  private BufferedImage read(String base64) throws Exception {
    return read(Base64.getDecoder().decode(base64));
  }

  private BufferedImage read(byte[] contents) throws Exception {
    return PictureFile.read(Files.write(folder.resolve("picture"), contents));
  }

  /** Blue at the left and red at the right; a lossy picture may be a little off. */
  private static void assertUpright(BufferedImage picture) {
    assertThat(picture.getWidth()).isEqualTo(6);
    assertThat(picture.getHeight()).isEqualTo(4);
    assertColour(picture.getRGB(0, 3), 20, 60, 220);
    assertColour(picture.getRGB(5, 0), 200, 30, 40);
  }

  /** Turned clockwise by a quarter: blue is above. */
  private static void assertTurned(BufferedImage picture) {
    assertThat(picture.getWidth()).isEqualTo(4);
    assertThat(picture.getHeight()).isEqualTo(6);
    assertColour(picture.getRGB(3, 0), 20, 60, 220);
    assertColour(picture.getRGB(0, 5), 200, 30, 40);
  }

  private static void assertColour(int rgb, int red, int green, int blue) {
    assertThat(rgb >> 16 & 0xFF).isBetween(red - 12, red + 12);
    assertThat(rgb >> 8 & 0xFF).isBetween(green - 12, green + 12);
    assertThat(rgb & 0xFF).isBetween(blue - 12, blue + 12);
  }

  @Test
  void webp_isRead_withItsOrientation() throws Exception {
    assertUpright(read(WEBP));
    assertUpright(read(LOSSY_WEBP));
    assertTurned(read(TURNED_WEBP));
  }

  @Test
  void tiff_isRead_withItsOrientation() throws Exception {
    assertUpright(read(LZW_TIFF));
    assertTurned(read(TURNED_TIFF));
  }

  @Test
  void pnm_isRead() throws Exception {
    StringBuilder plain = new StringBuilder("P3\n# a comment\n6 4\n255\n");
    for (int i = 0; i < 24; i++) {
      plain.append(i % 6 < 3 ? "20 60 220\n" : "200 30 40\n");
    }
    assertUpright(read(plain.toString().getBytes(StandardCharsets.US_ASCII)));
    byte[] header = "P6 6 4 255\n".getBytes(StandardCharsets.US_ASCII);
    byte[] raw = Arrays.copyOf(header, header.length + 72);
    for (int i = 0; i < 24; i++) {
      int[] colour = i % 6 < 3 ? new int[] {20, 60, 220} : new int[] {200, 30, 40};
      for (int c = 0; c < 3; c++) {
        raw[header.length + 3 * i + c] = (byte) colour[c];
      }
    }
    assertUpright(read(raw));
    BufferedImage gray = read("P2 2 1 255 0 255\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(gray.getRGB(1, 0) & 0xFF).isEqualTo(255);
  }

  @Test
  void whatMustBeConverted_saysHow_withoutAWordOfPlugIns() throws IOException {
    for (String brand : new String[] {"heic", "avif", "mif1"}) {
      Path file = folder.resolve("photo.jpg");
      Files.writeString(file, "\0\0\0\40ftyp" + brand + "\0\0\0\0mif1");
      CommandRun command = graft("predict", "--model", BadInputFixture.MODEL, file);
      assertThat(command.code()).isEqualTo(1);
      assertThat(command.err())
          .contains(brand.equals("avif") ? "found AVIF" : "found HEIC", "heif-convert")
          .doesNotContain("plug-in", "class path");
    }
  }
}
