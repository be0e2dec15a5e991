package dev.graft.core.backend.plain;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * The gradient to the weight of a convolution with a small patch (a depthwise one, or the first of
 * a network): for every output channel and every element of the patch the dot product of dy with
 * the pixels that it sees. As a matrix product it would have rows of nine or 27 columns, too short
 * for a vector loop.
 *
 * <p>The products are added up in lanes, pixel j going to lane j mod {@link #LANES}, and the lanes
 * by halves: a tree that depends on the sizes alone. Four blocks of pixels at a time, since a lane
 * is read and written once for them.
 */
final class SmallPatchWeight {

  private static final int BLOCKS = 4;
  private static final int LANES = 256;

  /** The largest patch whose rows, for four blocks of pixels, fit into a panel. */
  static final int LARGEST_PATCH = Scratch.DEPTH / BLOCKS;

  private final ConvGeometry g;
  private final TapRows.Plan plan;
  private final HostBuffer dy;
  private final HostBuffer dw;
  private final int pixels;
  private final int groupOut;

  private SmallPatchWeight(ConvGeometry g, HostBuffer x, HostBuffer dy, HostBuffer dw) {
    this.g = g;
    this.plan = JavaConvolution.forwardPlan(g, x, dw, null, dy);
    this.dy = dy;
    this.dw = dw;
    this.pixels = g.batch() * g.outPlane();
    this.groupOut = g.outChannels() / g.groups();
  }

  static void run(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    SmallPatchWeight gradient = new SmallPatchWeight(g, x, dy, dw);
    int most = Math.min(LARGEST_PATCH, Scratch.HEIGHT / g.patch());
    int blocks = RowProducts.ceil(gradient.groupOut, most);
    int channels = RowProducts.ceil(gradient.groupOut, blocks);
    long work = (long) gradient.pixels * g.patch() * channels;
    int perChunk = (int) Math.max(1, (1 << 15) / work);
    int parts = g.groups() * blocks;
    RowProducts.Spares spares = new RowProducts.Spares();
    workers.forEach(
        RowProducts.ceil(parts, perChunk),
        chunk -> {
          Scratch scratch = pool.take();
          TapRows spare = (TapRows) spares.take();
          TapRows rows = spare != null ? spare : gradient.plan.group(0);
          float[][][] seen = gradient.blocks(scratch);
          int last = Math.min(parts, (chunk + 1) * perChunk);
          for (int part = chunk * perChunk; part < last; part++) {
            int first = part % blocks * channels;
            int count = Math.min(channels, gradient.groupOut - first);
            rows.moveTo(part / blocks);
            gradient.part(rows, part / blocks, first, count, seen, scratch);
          }
          spares.give(rows);
          pool.give(scratch);
        });
  }

  /** The rows of the panel, a patch to a block of pixels. */
  private float[][][] blocks(Scratch scratch) {
    float[][][] blocks = scratch.blocks(BLOCKS, LARGEST_PATCH);
    for (int block = 0; block < BLOCKS; block++) {
      System.arraycopy(scratch.panel, block * g.patch(), blocks[block], 0, g.patch());
    }
    return blocks;
  }

  /** The weights of the output channels {@code first … first + count - 1} of a group. */
  private void part(
      TapRows rows, int group, int first, int count, float[][][] seen, Scratch scratch) {
    int patch = g.patch();
    int lanes = Math.min(LANES, pixels);
    float[][] sums = scratch.sums;
    for (int i = 0; i < count * patch; i++) {
      Arrays.fill(sums[i], 0, lanes, 0f);
    }
    float[][] above = scratch.other();
    for (int pixel = 0; pixel < pixels; ) {
      int blocks = pixels - pixel >= BLOCKS * LANES ? BLOCKS : 1;
      int width = Math.min(LANES, pixels - pixel);
      for (int block = 0; block < blocks; block++, pixel += width) {
        rows.pack(0, patch, pixel, width, seen[block]);
        for (int i = 0; i < count; i++) {
          int channel = group * groupOut + first + i;
          Strided.readChannel(
              dy, g.outChannels(), channel, g.outPlane(), pixel, width, above[i * BLOCKS + block]);
        }
      }
      for (int i = 0; i < count; i++) {
        for (int tap = 0; tap < patch; tap++) {
          float[] sum = sums[i * patch + tap];
          if (blocks == 1) {
            Rows.addProduct(sum, above[i * BLOCKS], seen[0][tap], width);
          } else {
            Rows.addFourProducts(
                sum,
                above[i * BLOCKS],
                seen[0][tap],
                above[i * BLOCKS + 1],
                seen[1][tap],
                above[i * BLOCKS + 2],
                seen[2][tap],
                above[i * BLOCKS + 3],
                seen[3][tap],
                width);
          }
        }
      }
    }
    int to = dw.offset() + (group * groupOut + first) * patch;
    for (int i = 0; i < count * patch; i++) {
      dw.array()[to + i] = Lanes.sum(sums[i], lanes);
    }
  }
}
