package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every form that a PNG may have (PNG specification, table 11.1): alpha is dropped, of 16 bits the
 * upper eight count, and fewer than eight spread over all levels.
 */
class PngFormsTest {

  private static final int SIZE = 5;
  private static final int GRAY = 0;
  private static final int PALETTE = 3;

  /** Of a pixel's channel, of as many bits as there are. */
  private static int sample(int x, int y, int channel, int bits) {
    return (x * 7919 + y * 104_729 + channel * 1_299_709 + 12_345) & (1 << bits) - 1;
  }

  private static int colour(int index, int channel) {
    return (index * 37 + channel * 91) & 0xFF;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "2, 8", "2, 16", "3, 1", "3, 2", "3, 4", "3, 8",
    "4, 8", "4, 16", "6, 8", "6, 16"
  })
  void everyForm_isRead(int type, int bits) throws IOException {
    Raster8 read = Raster8.of(PictureFile.read(png(type, bits)));
    boolean isGray = type == GRAY || type == 4;
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int sample = sample(x, y, isGray || type == PALETTE ? 0 : channel, bits);
          int level =
              type == PALETTE
                  ? colour(sample, channel)
                  : bits == 16 ? sample >> 8 : sample * 255 / ((1 << bits) - 1);
          byte[] plane = read.planes()[read.isGray() ? 0 : channel];
          assertThat(plane[y * SIZE + x] & 0xFF).as("%d, %d, %d", x, y, channel).isEqualTo(level);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_BYTE_GRAY
      })
  void interlaced_isTheSamePicture(int type) throws IOException {
    BufferedImage picture = new BufferedImage(19, 11, type);
    for (int i = 0; i < 19 * 11; i++) {
      picture.setRGB(i % 19, i / 19, 0xFF000000 | i * 0x010307);
    }
    assertThat(Raster8.of(PictureFile.read(written(picture, true))).planes())
        .isDeepEqualTo(Raster8.of(PictureFile.read(written(picture, false))).planes());
  }

  private static byte[] written(BufferedImage picture, boolean interlaced) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam form = writer.getDefaultWriteParam();
    form.setProgressiveMode(
        interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), form);
    }
    writer.dispose();
    return bytes.toByteArray();
  }

  private static byte[] png(int type, int bits) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(png);
    out.write(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(SIZE);
    fields.writeInt(SIZE);
    fields.write(new byte[] {(byte) bits, (byte) type, 0, 0, 0});
    chunk(out, "IHDR", header.toByteArray());
    if (type == PALETTE) {
      byte[] palette = new byte[3 << bits];
      for (int i = 0; i < palette.length; i++) {
        palette[i] = (byte) colour(i / 3, i % 3);
      }
      chunk(out, "PLTE", palette);
    }
    chunk(out, "IDAT", deflated(rows(type, bits)));
    chunk(out, "IEND", new byte[0]);
    return png.toByteArray();
  }

  /** Samples one after the other, the first in the highest bits; no filter. */
  private static byte[] rows(int type, int bits) {
    int channels = new int[] {1, 0, 3, 1, 2, 0, 4}[type];
    int stride = 1 + (SIZE * channels * bits + 7) / 8;
    byte[] rows = new byte[SIZE * stride];
    for (int y = 0; y < SIZE; y++) {
      for (int i = 0; i < SIZE * channels; i++) {
        int sample = sample(i / channels, y, i % channels, bits);
        int at = y * stride + 1 + i * bits / 8;
        if (bits == 16) {
          rows[at++] = (byte) (sample >> 8);
        }
        rows[at] |= (byte) (sample << Math.max(0, 8 - bits - i * bits % 8));
      }
    }
    return rows;
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(to)) {
      deflater.write(bytes);
    }
    return to.toByteArray();
  }

  private static void chunk(DataOutputStream out, String name, byte[] data) throws IOException {
    byte[] type = name.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(type);
    sum.update(data);
    out.writeInt(data.length);
    out.write(type);
    out.write(data);
    out.writeInt((int) sum.getValue());
  }
}
