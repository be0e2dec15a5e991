package dev.graft.core.backend.plain;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * The gradient of a convolution to its weight: {@code dw[o, c, tap] = Σ dy[n, o, p] x[n, c, p
 * stride - pad + tap dilation]}, a product over the pixels of the whole batch, in ascending order.
 * Each chunk owns a part of dw: there is nothing to add up between threads.
 *
 * <p>A row of B is one output pixel: all taps of a block of input channels. Gathered from the image
 * as it lies that would be a transpose for every tap; instead the block of channels is first laid
 * out with channels last and its padding written out, once an image, and each tap is then a
 * straight copy, whatever the stride.
 */
final class JavaConvolutionWeight extends RowProduct {

  private final ConvGeometry g;
  private final HostBuffer x;
  private final HostBuffer dy;
  private final HostBuffer dw;
  private final int group;
  private final int firstChannel;
  private final int channels;
  private final int taps;
  private float[] image = new float[0];
  private int imageNumber = -1;

  private JavaConvolutionWeight(
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw,
      int group,
      int firstChannel,
      int channels) {
    super(
        g.outChannels() / g.groups(),
        channels * g.kernelHeight() * g.kernelWidth(),
        g.batch() * g.outPlane(),
        dy.array(),
        g.outPlane(),
        1);
    this.g = g;
    this.x = x;
    this.dy = dy;
    this.dw = dw;
    this.group = group;
    this.firstChannel = firstChannel;
    this.channels = channels;
    this.taps = g.kernelHeight() * g.kernelWidth();
  }

  static void run(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    int groupIn = g.inChannels() / g.groups();
    int m = g.outChannels() / g.groups();
    int taps = g.kernelHeight() * g.kernelWidth();
    int block = Math.max(1, Math.min(groupIn, Scratch.TILE / taps));
    if (block == groupIn && groupIn >= 2 && groupIn * taps >= 256) {
      block = (groupIn + 1) / 2;
    }
    int blocks = RowProducts.ceil(groupIn, block);
    int channels = RowProducts.ceil(groupIn, blocks);
    long work = (long) m * channels * taps * g.batch() * g.outPlane();
    int rows = RowProducts.ceil(m, Scratch.HEIGHT);
    if (work > 1 << 17 && g.groups() * blocks == 1 && rows == 1 && m >= 8) {
      rows = 2;
    }
    int height = RowProducts.ceil(RowProducts.ceil(m, rows), 4) * 4;
    int tileRows = RowProducts.ceil(m, height);
    workers.forEach(
        g.groups() * blocks * tileRows,
        chunk -> {
          Scratch scratch = pool.take();
          int first = chunk / tileRows % blocks * channels;
          int count = Math.min(channels, groupIn - first);
          if (count > 0) {
            int row = chunk % tileRows * height;
            JavaConvolutionWeight part =
                new JavaConvolutionWeight(g, x, dy, dw, chunk / tileRows / blocks, first, count);
            part.image = scratch.image(part.imageLength());
            for (int column = 0; column < part.n; column += Scratch.TILE) {
              int width = Math.min(Scratch.TILE, part.n - column);
              part.tile(row, Math.min(height, m - row), column, width, scratch);
            }
          }
          pool.give(scratch);
        });
  }

  private int paddedWidth() {
    return g.inWidth() + g.padLeft() + g.padRight();
  }

  private int imageLength() {
    return (g.inHeight() + g.padTop() + g.padBottom()) * paddedWidth() * channels;
  }

  @Override
  void offsets(int from, int count, int[] offsets) {
    int plane = g.outPlane();
    int image = from / plane;
    int pixel = from % plane;
    for (int j = 0; j < count; j++) {
      offsets[j] = dy.offset() + (image * g.outChannels() + group * m) * plane + pixel;
      if (++pixel == plane) {
        pixel = 0;
        image++;
      }
    }
  }

  @Override
  void pack(int from, int count, int column, int width, float[][] rows) {
    int plane = g.outPlane();
    int outWidth = g.outWidth();
    for (int j = 0; j < count; j++) {
      int number = (from + j) / plane;
      if (number != imageNumber) {
        layOut(number);
        imageNumber = number;
      }
      int pixel = (from + j) % plane;
      int top = pixel / outWidth * g.strideHeight();
      int left = pixel % outWidth * g.strideWidth();
      pixel(top, left, column, width, rows[j]);
    }
  }

  /** One row of B. Neighbouring taps lie side by side where the dilation is 1. */
  private void pixel(int top, int left, int column, int width, float[] row) {
    boolean joined = g.dilationWidth() == 1;
    int run = joined ? g.kernelWidth() * channels : channels;
    for (int done = 0; done < width; ) {
      int index = column + done;
      int part = index / run;
      int within = index % run;
      int kh = joined ? part : part / g.kernelWidth();
      int kw = joined ? 0 : part % g.kernelWidth();
      int h = top + kh * g.dilationHeight();
      int w = left + kw * g.dilationWidth();
      int length = Math.min(run - within, width - done);
      int at = (h * paddedWidth() + w) * channels + within;
      System.arraycopy(image, at, row, done, length);
      done += length;
    }
  }

  /** Writes the block of channels of one image with channels last, zeros in the padding. */
  private void layOut(int number) {
    int rowLength = paddedWidth() * channels;
    int length = imageLength();
    int groupIn = g.inChannels() / g.groups();
    int inPlane = g.inPlane();
    int source = x.offset() + (number * g.inChannels() + group * groupIn + firstChannel) * inPlane;
    boolean padded = g.padTop() + g.padBottom() + g.padLeft() + g.padRight() > 0;
    if (padded && imageNumber < 0) {
      Arrays.fill(image, 0, length, 0f); // The padding stays zero from image to image.
    }
    for (int h = 0; h < g.inHeight(); h++) {
      int to = (h + g.padTop()) * rowLength + g.padLeft() * channels;
      channelsLast(source + h * g.inWidth(), inPlane, to);
    }
  }

  private void channelsLast(int source, int inPlane, int to) {
    float[] from = x.array();
    int width = g.inWidth();
    int c = 0;
    for (; c + 8 <= channels; c += 8) {
      int at = source + c * inPlane;
      int put = to + c;
      for (int w = 0; w < width; w++, at++, put += channels) {
        image[put] = from[at];
        image[put + 1] = from[at + inPlane];
        image[put + 2] = from[at + 2 * inPlane];
        image[put + 3] = from[at + 3 * inPlane];
        image[put + 4] = from[at + 4 * inPlane];
        image[put + 5] = from[at + 5 * inPlane];
        image[put + 6] = from[at + 6 * inPlane];
        image[put + 7] = from[at + 7 * inPlane];
      }
    }
    for (; c < channels; c++) {
      for (int w = 0; w < width; w++) {
        image[to + c + w * channels] = from[source + c * inPlane + w];
      }
    }
  }

  @Override
  void start(int i, int column, int width, float[] sum) {
    Arrays.fill(sum, 0, width, 0f);
  }

  @Override
  void finish(int i, int column, int width, float[] sum) {
    int base = dw.offset() + (group * m + i) * g.patch() + firstChannel * taps;
    for (int j = 0; j < width; j++) {
      int tap = (column + j) / channels;
      int channel = (column + j) % channels;
      dw.array()[base + channel * taps + tap] = sum[j];
    }
  }
}
