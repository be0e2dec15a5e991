package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

class GifScreenTest {

  /** A frame of 2x2 red pixels at (3, 1) of a screen of 8x4, whose background is blue. */
  private static byte[] small() throws Exception {
    byte[] red = {0, (byte) 255};
    byte[] none = {0, 0};
    byte[] blue = {(byte) 255, 0};
    IndexColorModel colours = new IndexColorModel(1, 2, red, none, blue);
    BufferedImage frame = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY, colours);
    for (int i = 0; i < 4; i++) {
      frame.getRaster().setSample(i % 2, i / 2, 0, 1);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ImageWriteParam plain = writer.getDefaultWriteParam();
    // The JDK loses rows of interlaced pictures that are as small as this.
    plain.setProgressiveMode(ImageWriteParam.MODE_DISABLED);
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(frame, null, null), plain);
    }
    writer.dispose();
    ByteBuffer gif = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    gif.putShort(6, (short) 8).putShort(8, (short) 4).put(11, (byte) 0);
    int image = 13 + 3 * (2 << (gif.get(10) & 7));
    while (gif.get(image) != 0x2C) {
      image++;
    }
    gif.putShort(image + 1, (short) 3).putShort(image + 3, (short) 1);
    return gif.array();
  }

  @Test
  void frameSmallerThanTheScreen_standsOnIt() throws Exception {
    BufferedImage picture = PictureFile.read(small());
    assertThat(picture.getWidth()).isEqualTo(8);
    assertThat(picture.getHeight()).isEqualTo(4);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 8; x++) {
        boolean inFrame = (x == 3 || x == 4) && (y == 1 || y == 2);
        assertThat(picture.getRGB(x, y) & 0xFFFFFF)
            .as("%d, %d", x, y)
            .isEqualTo(inFrame ? 0xFF0000 : 0x0000FF);
      }
    }
  }

  @Test
  void headerThatIsCutOff_saysNothing() throws Exception {
    byte[] gif = small();
    for (int length = 0; length < 24; length++) {
      byte[] cut = Arrays.copyOf(gif, length);
      assertThat(GifScreen.of(cut)).as("length %d", length).isNull();
    }
    assertThat(GifScreen.of(Golden.file("colour.png"))).isNull();
  }
}
