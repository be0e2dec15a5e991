package dev.graft.core.backend;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise convolution, one plane at a time, without unfolding: with k taps an output needs only k
 * multiply-adds, so moving the data is what costs.
 *
 * <p>A padded plane is kept as one long row, and so is the output with the same row length. Then
 * tap (kh, kw) is a constant shift, and the whole plane is one vector loop {@code y[j] += w x[j +
 * shift]}, however short its rows are; the columns where a window wraps around a row's end hold
 * garbage and are not copied out. A stride of s cuts the padded plane into s x s phases (every s-th
 * row and column), within which the same holds:
 *
 * <pre>
 *   padded plane, stride 2        phase (0,0)  phase (0,1)      tap (kh, kw) reads
 *   a b a b                       a a          b b              phase (kh % 2, kw % 2)
 *   c d c d              ->       a a          b b              at row + kh / 2, column + kw / 2
 *   a b a b                       phase (1,0)  phase (1,1)
 *   c d c d                       c c          d d
 * </pre>
 */
final class JavaDepthwise {

  private JavaDepthwise() {}

  /** Reused memory of one thread: the phases of one plane, and one output plane. */
  private static final class Scratch {
    float[][] phases = new float[0][0];
    float[] out = new float[0];

    void fit(Layout l) {
      if (phases.length < l.phases || phases[0].length < l.phaseSize) {
        phases = new float[l.phases][l.phaseSize];
      }
      if (out.length < l.outSize) {
        out = new float[l.outSize];
      }
    }
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** How a plane is laid out: sizes of phases, and where each tap reads. */
  private static final class Layout {
    final ConvGeometry g;
    final int phases;
    final int phaseWidth;
    final int phaseSize;
    final int outSize;
    final int taps;
    final int[] tapPhase;
    final int[] tapShift;

    Layout(ConvGeometry g) {
      this.g = g;
      int sh = g.strideHeight();
      int sw = g.strideWidth();
      phases = sh * sw;
      phaseWidth = (g.inWidth() + g.padLeft() + g.padRight() + sw - 1) / sw;
      int reachRows = (g.kernelHeight() - 1) * g.dilationHeight() / sh;
      int rows =
          Math.max(ceil(g.inHeight() + g.padTop() + g.padBottom(), sh), g.outHeight()) + reachRows;
      outSize = g.outHeight() * phaseWidth;
      taps = g.kernelHeight() * g.kernelWidth();
      tapPhase = new int[taps];
      tapShift = new int[taps];
      int most = 0;
      for (int tap = 0; tap < taps; tap++) {
        int dh = tap / g.kernelWidth() * g.dilationHeight();
        int dw = tap % g.kernelWidth() * g.dilationWidth();
        tapPhase[tap] = dh % sh * sw + dw % sw;
        tapShift[tap] = dh / sh * phaseWidth + dw / sw;
        most = Math.max(most, tapShift[tap]);
      }
      phaseSize = Math.max(rows * phaseWidth, outSize + most);
    }

    private static int ceil(int a, int b) {
      return (a + b - 1) / b;
    }

    /** Spreads a plane into its zero-padded phases. */
    void load(float[] x, int from, float[][] phases) {
      for (int p = 0; p < this.phases; p++) {
        Arrays.fill(phases[p], 0, phaseSize, 0);
      }
      for (int ih = 0; ih < g.inHeight(); ih++) {
        int row = ih + g.padTop();
        int at = row / g.strideHeight() * phaseWidth;
        int first = row % g.strideHeight() * g.strideWidth();
        int source = from + ih * g.inWidth();
        if (g.strideWidth() == 1) {
          System.arraycopy(x, source, phases[first], at + g.padLeft(), g.inWidth());
        } else {
          for (int iw = 0; iw < g.inWidth(); iw++) {
            int column = iw + g.padLeft();
            phases[first + column % g.strideWidth()][at + column / g.strideWidth()] =
                x[source + iw];
          }
        }
      }
    }

    /** Gathers a plane back from its phases. */
    void store(float[][] phases, float[] x, int to) {
      for (int ih = 0; ih < g.inHeight(); ih++) {
        int row = ih + g.padTop();
        int at = row / g.strideHeight() * phaseWidth;
        int first = row % g.strideHeight() * g.strideWidth();
        int target = to + ih * g.inWidth();
        for (int iw = 0; iw < g.inWidth(); iw++) {
          int column = iw + g.padLeft();
          x[target + iw] = phases[first + column % g.strideWidth()][at + column / g.strideWidth()];
        }
      }
    }

    /** An output plane with rows as long as a phase's; the columns that are no output are zero. */
    void loadOutput(float[] dy, int from, float[] out) {
      for (int oh = 0; oh < g.outHeight(); oh++) {
        System.arraycopy(dy, from + oh * g.outWidth(), out, oh * phaseWidth, g.outWidth());
        Arrays.fill(out, oh * phaseWidth + g.outWidth(), (oh + 1) * phaseWidth, 0);
      }
    }
  }

  static void forward(
      Workers workers,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer w,
      @Nullable HostBuffer bias,
      HostBuffer y) {
    Layout l = new Layout(g);
    int multiplier = g.outChannels() / g.inChannels();
    chunked(
        workers,
        g.batch() * g.inChannels(),
        g.inPlane(),
        plane -> {
          Scratch s = SCRATCH.get();
          s.fit(l);
          int image = plane / g.inChannels();
          int channel = plane % g.inChannels();
          l.load(x.array(), x.offset() + plane * g.inPlane(), s.phases);
          for (int o = channel * multiplier; o < (channel + 1) * multiplier; o++) {
            float start = bias == null ? 0 : bias.array()[bias.offset() + o];
            Arrays.fill(s.out, 0, l.outSize, start);
            for (int tap = 0; tap < l.taps; tap++) {
              float weight = w.array()[w.offset() + o * l.taps + tap];
              addShifted(l.outSize, weight, s.phases[l.tapPhase[tap]], l.tapShift[tap], s.out, 0);
            }
            int to = y.offset() + (image * g.outChannels() + o) * g.outPlane();
            for (int oh = 0; oh < g.outHeight(); oh++) {
              System.arraycopy(
                  s.out, oh * l.phaseWidth, y.array(), to + oh * g.outWidth(), g.outWidth());
            }
          }
        });
  }

  /** The transpose of {@link #forward}: each tap adds the output's gradient where it read. */
  static void gradientInput(
      Workers workers, ConvGeometry g, HostBuffer dy, HostBuffer w, HostBuffer dx) {
    Layout l = new Layout(g);
    int multiplier = g.outChannels() / g.inChannels();
    chunked(
        workers,
        g.batch() * g.inChannels(),
        g.inPlane(),
        plane -> {
          Scratch s = SCRATCH.get();
          s.fit(l);
          int image = plane / g.inChannels();
          int channel = plane % g.inChannels();
          for (int p = 0; p < l.phases; p++) {
            Arrays.fill(s.phases[p], 0, l.phaseSize, 0);
          }
          for (int o = channel * multiplier; o < (channel + 1) * multiplier; o++) {
            int from = dy.offset() + (image * g.outChannels() + o) * g.outPlane();
            l.loadOutput(dy.array(), from, s.out);
            for (int tap = 0; tap < l.taps; tap++) {
              float weight = w.array()[w.offset() + o * l.taps + tap];
              addShifted(l.outSize, weight, s.out, 0, s.phases[l.tapPhase[tap]], l.tapShift[tap]);
            }
          }
          l.store(s.phases, dx.array(), dx.offset() + plane * g.inPlane());
        });
  }

  /** {@code dw[o, tap] = Σ_images dy . (x shifted by the tap)}: images in order, by channel. */
  static void gradientWeight(
      Workers workers, ConvGeometry g, HostBuffer x, HostBuffer dy, HostBuffer dw) {
    Layout l = new Layout(g);
    int multiplier = g.outChannels() / g.inChannels();
    chunked(
        workers,
        g.inChannels(),
        g.batch() * g.inPlane(),
        channel -> {
          Scratch s = SCRATCH.get();
          s.fit(l);
          int base = dw.offset() + channel * multiplier * l.taps;
          Arrays.fill(dw.array(), base, base + multiplier * l.taps, 0);
          for (int image = 0; image < g.batch(); image++) {
            int plane = image * g.inChannels() + channel;
            l.load(x.array(), x.offset() + plane * g.inPlane(), s.phases);
            for (int m = 0; m < multiplier; m++) {
              int o = channel * multiplier + m;
              int from = dy.offset() + (image * g.outChannels() + o) * g.outPlane();
              l.loadOutput(dy.array(), from, s.out);
              for (int tap = 0; tap < l.taps; tap++) {
                dw.array()[base + m * l.taps + tap] +=
                    Lanes.dot(s.out, 0, s.phases[l.tapPhase[tap]], l.tapShift[tap], l.outSize);
              }
            }
          }
        });
  }

  /** Small planes share a chunk, so that handing them out costs little; cut by shape alone. */
  private static void chunked(Workers workers, int planes, int elements, IntConsumer body) {
    int perChunk = Math.max(1, 16384 / Math.max(1, elements));
    int chunks = (planes + perChunk - 1) / perChunk;
    workers.forEach(
        chunks,
        chunk -> {
          int end = Math.min(planes, (chunk + 1) * perChunk);
          for (int plane = chunk * perChunk; plane < end; plane++) {
            body.accept(plane);
          }
        });
  }

  /** {@code y[yShift + j] += w x[xShift + j]}; C2 vectorises it since both shifts are invariant. */
  private static void addShifted(int n, float w, float[] x, int xShift, float[] y, int yShift) {
    for (int j = 0; j < n; j++) {
      y[yShift + j] = Math.fma(w, x[xShift + j], y[yShift + j]);
    }
  }
}
