package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.UnreadableException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFileTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colour.png", "gray.png", "bits.png", "alpha.png", "gray_alpha.png", "palette.png",
        "gray16.png", "turned6.png", "animated.gif", "colour.bmp", "palette.bmp", "colour.tiff"
      })
  void losslessFormats_giveWhatPillowGives(String name) {
    assertThat(distance(name)).isZero();
  }

  // Decoders may differ by a level in the inverse DCT and by one more in the change of colours.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "baseline.jpg", "progressive.jpg", "gray.jpg", "profile.jpg", "unmarked.jpg",
        "turned1.jpg", "turned2.jpg", "turned3.jpg", "turned4.jpg", "turned5.jpg",
        "turned6.jpg", "turned7.jpg", "turned8.jpg", "turned6_gray.jpg"
      })
  void jpeg_givesWhatPillowGives(String name) {
    assertThat(distance(name)).isLessThanOrEqualTo(2);
  }

  // As above; multiplied with black that rounds once more.
  @ParameterizedTest
  @ValueSource(strings = {"cmyk.jpg", "ycck.jpg"})
  void printingColours_giveWhatPillowGives(String name) {
    assertThat(distance(name)).isLessThanOrEqualTo(3);
  }

  private static int distance(String name) {
    Raster8 read = Raster8.of(PictureFile.read(Golden.file(name)));
    Golden expected = Golden.of(name);
    assertThat(read.width()).isEqualTo(expected.width());
    assertThat(read.height()).isEqualTo(expected.height());
    return expected.distance(read);
  }

  @Test
  void cmykWithoutAdobesMarker_isNotInverted() throws Exception {
    byte[] jpeg = Golden.file("cmyk.jpg");
    int adobe = JpegSegments.find(jpeg, 0xEE, "Adobe") - 4;
    byte[] unmarked = new byte[jpeg.length - 16];
    System.arraycopy(jpeg, 0, unmarked, 0, adobe);
    System.arraycopy(jpeg, adobe + 16, unmarked, adobe, unmarked.length - adobe);

    Raster8 raster = Raster8.of(PictureFile.read(unmarked));
    Raster8 marked = Raster8.of(PictureFile.read(jpeg));

    assertThat(raster.planes()[0]).isNotEqualTo(marked.planes()[0]);
  }

  @Test
  void wrongSuffix_doesNotMatter() throws Exception {
    Path file = folder.resolve("picture.jpg");
    Files.write(file, Golden.file("colour.png"));
    assertThat(PictureFile.read(file).getWidth()).isEqualTo(22);
  }

  @Test
  void bytesAndStreams_areReadAsFilesAre() throws IOException {
    byte[] bytes = Golden.file("colour.png");
    assertThat(PictureFile.read(bytes).getWidth()).isEqualTo(22);
    assertThat(PictureFile.read(new ByteArrayInputStream(bytes)).getWidth()).isEqualTo(22);
    byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
    assertThatThrownBy(() -> PictureFile.read(new ByteArrayInputStream(half)))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("is ");
    assertThatThrownBy(() -> PictureFile.read(InputStream.nullInputStream()))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("is empty");
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }
        };
    assertThatThrownBy(() -> PictureFile.read(broken))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("cannot be read: connection reset");
  }

  @Test
  void whatIsNoPicture_isNamed() throws IOException {
    assertRefused("x".getBytes(StandardCharsets.US_ASCII), "found text");
    assertRefused("\n<!DOCTYPE html><html>".getBytes(StandardCharsets.US_ASCII), "found HTML");
    assertRefused("%PDF-1.7 \1\2\3".getBytes(StandardCharsets.US_ASCII), "found PDF");
    assertRefused("RIFF\1\2\3\4WEBPVP8 ".getBytes(StandardCharsets.US_ASCII), "found WebP");
    assertRefused("PK\3\4".getBytes(StandardCharsets.US_ASCII), "found an archive");
    assertRefused(new byte[0], "is empty");
    assertThatThrownBy(() -> PictureFile.read(Files.createDirectory(folder.resolve("a.jpg"))))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("is no file");
    assertThatThrownBy(() -> PictureFile.read(folder.resolve("b.jpg")))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("does not exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "baseline.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "colour.png",
        "animated.gif",
        "colour.bmp"
      })
  void truncatedFile_isRefused(String name) {
    byte[] whole = Golden.file(name);
    // An animated GIF is whole once its first frame is.
    int[] lengths =
        name.endsWith("gif")
            ? new int[] {4, 20, 150}
            : new int[] {4, whole.length / 3, whole.length / 2, whole.length * 9 / 10};
    for (int length : lengths) {
      assertThatThrownBy(() -> PictureFile.read(Arrays.copyOf(whole, length)))
          .as("%s cut to %d of %d bytes", name, length, whole.length)
          .isInstanceOf(UnreadableException.class)
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void claimOfHugeSize_isRefusedBeforeAllocation() throws IOException {
    assertRefused(pngOfSize(60_000, 60_000), "claims 60000 x 60000 pixels");
    assertRefused(pngOfSize(Integer.MAX_VALUE, Integer.MAX_VALUE), "claims");
    byte[] jpeg = Golden.file("baseline.jpg");
    int frame = 2;
    while ((jpeg[frame + 1] & 0xFF) != 0xC0) {
      frame += 2 + ((jpeg[frame + 2] & 0xFF) << 8 | jpeg[frame + 3] & 0xFF);
    }
    Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xFD);
    assertRefused(jpeg, "claims 65021 x 65021 pixels");
  }

  /** The JDK's reader makes a picture of every scan. */
  @Test
  void progressiveJpeg_takesAsMuchAsABaselineOne() throws IOException {
    for (boolean progressive : new boolean[] {false, true}) {
      long bytes = allocated(jpeg(1024, 1024, progressive));
      assertThat(bytes / (1 << 20)).as("bytes a pixel, progressive %s", progressive).isEqualTo(3);
    }
  }

  @Test
  void scans_countInWhatAPictureTakes() throws IOException {
    assertThat(JpegScans.of(Golden.file("colour.png")).bytesPerPixel()).isZero();
    assertThat(JpegScans.of(Golden.file("baseline.jpg")).bytesPerPixel()).isZero();
    // Two of the three channels are halved both ways.
    assertThat(JpegScans.of(jpeg(16, 16, true)).bytesPerPixel()).isEqualTo(3);
  }

  /** Each takes as long as a picture, and a few bytes. */
  @Test
  void scansWithoutEnd_areRefused() throws IOException {
    byte[] jpeg = jpeg(1024, 1024, true);
    byte[] many = Arrays.copyOf(jpeg, jpeg.length + 8000);
    for (int i = jpeg.length; i < many.length; i += 2) {
      many[i] = (byte) 0xFF;
      many[i + 1] = (byte) 0xDA;
    }
    assertRefused(many, "has 1048576 pixels in 4010 scans, expected at most 2730");
    Arrays.fill(many, jpeg.length + 2000, many.length, (byte) 0);
    assertThat(PictureFile.read(many).getType()).isEqualTo(BufferedImage.TYPE_3BYTE_BGR);
  }

  private static long allocated(byte[] jpeg) {
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    PictureFile.read(jpeg);
    long before = threads.getCurrentThreadAllocatedBytes();
    PictureFile.read(jpeg);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static byte[] jpeg(int width, int height, boolean progressive) throws IOException {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    picture.setRGB(width / 2, height / 2, 0xFF8040);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam form = writer.getDefaultWriteParam();
    if (progressive) {
      form.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), form);
    }
    writer.dispose();
    return bytes.toByteArray();
  }

  private static byte[] pngOfSize(int width, int height) throws IOException {
    ByteBuffer png = ByteBuffer.wrap(Golden.file("colour.png"));
    png.putInt(16, width).putInt(20, height);
    CRC32 sum = new CRC32();
    sum.update(png.array(), 12, 17);
    png.putInt(29, (int) sum.getValue());
    return png.array();
  }

  @Test
  void damagedExifData_meansUpright() throws Exception {
    byte[] jpeg = Golden.file("turned6.jpg");
    int tiff = JpegSegments.find(jpeg, 0xE1, "Exif\0\0") + 6;
    long seed = new Random().nextLong();
    System.out.println("PictureFileTest.damagedExifData seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = jpeg.clone();
      for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
        damaged[tiff + random.nextInt(26)] = (byte) random.nextInt();
      }
      assertThat(Orientation.of(damaged)).as("seed %d, round %d", seed, i).isBetween(1, 8);
    }
    for (int length = 0; length < tiff + 40; length++) {
      assertThat(Orientation.of(Arrays.copyOf(jpeg, length))).isBetween(1, 8);
    }
  }

  @Test
  void randomDamage_isReadOrRefused_neverAnythingElse() {
    long seed = new Random().nextLong();
    System.out.println("PictureFileTest.randomDamage seed " + seed);
    Random random = new Random(seed);
    String[] names = {"baseline.jpg", "progressive.jpg", "ycck.jpg", "palette.png", "animated.gif"};
    for (int i = 0; i < 300; i++) {
      byte[] damaged = Golden.file(names[i % names.length]).clone();
      for (int hits = 1 + random.nextInt(6); hits > 0; hits--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        BufferedImage read = PictureFile.read(damaged);
        assertThat(read.getWidth()).isPositive();
      } catch (UnreadableException e) {
        assertThat(e.getMessage()).as("seed %d, round %d", seed, i).isNotBlank().hasLineCount(1);
      }
    }
  }

  @Test
  void deepColours_keepTheirUpperHalf() throws Exception {
    var space = java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_sRGB);
    var colours =
        new java.awt.image.ComponentColorModel(
            space, false, false, 1, java.awt.image.DataBuffer.TYPE_USHORT);
    var raster = colours.createCompatibleWritableRaster(3, 2);
    raster.setPixel(1, 1, new int[] {0x1234, 0xFFFF, 0x00FF});
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(colours, raster, false, null), "png", png);

    Raster8 read = Raster8.of(PictureFile.read(png.toByteArray()));

    assertThat(read.planes()[0][4]).isEqualTo((byte) 0x12);
    assertThat(read.planes()[1][4]).isEqualTo((byte) 0xFF);
    assertThat(read.planes()[2][4]).isZero();
  }

  private void assertRefused(byte[] bytes, String message) throws IOException {
    Path file = folder.resolve("refused.jpg");
    Files.write(file, bytes);
    assertThatThrownBy(() -> PictureFile.read(file))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining(message);
  }
}
