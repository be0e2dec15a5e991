package dev.graft.core.backend;

/** Element-wise kernels of {@link JavaBackend}; each loop is one that C2 vectorises. */
final class JavaElementwise {

  /** Elements handed out at a time: 64 KB of each operand, a share of L2. */
  private static final int CHUNK = 16384;

  private JavaElementwise() {}

  /** A loop over {@code [from, to)}. */
  interface Range {
    void run(int from, int to);
  }

  /** Cuts {@code n} elements into chunks by n alone and shares them. */
  static void chunked(Workers workers, int n, Range body) {
    int chunks = (n + CHUNK - 1) / CHUNK;
    workers.forEach(chunks, chunk -> body.run(chunk * CHUNK, Math.min(n, (chunk + 1) * CHUNK)));
  }

  static void unary(
      Workers workers, UnaryOp op, float alpha, float beta, int n, HostBuffer x, HostBuffer y) {
    float[] from = x.array();
    float[] to = y.array();
    chunked(
        workers,
        n,
        (first, last) ->
            unary(op, alpha, beta, last - first, from, x.offset() + first, to, y.offset() + first));
  }

  private static void unary(
      UnaryOp op, float alpha, float beta, int n, float[] x, int xo, float[] y, int yo) {
    switch (op) {
      case AFFINE -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.fma(alpha, x[xo + i], beta);
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.max(x[xo + i], 0);
        }
      }
      case LEAKY_RELU -> {
        // max(x, 0) + alpha min(x, 0): a select does not vectorise, Math.max and min do.
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.fma(alpha, Math.min(x[xo + i], 0), Math.max(x[xo + i], 0));
        }
      }
      case CLIP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = Math.min(Math.max(x[xo + i], alpha), beta);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = FastMath.sigmoid(x[xo + i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = FastMath.tanh(x[xo + i]);
        }
      }
      case EXP -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = FastMath.exp(x[xo + i]);
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) StrictMath.log(x[xo + i]);
        }
      }
      case RSQRT -> {
        for (int i = 0; i < n; i++) {
          y[yo + i] = (float) (1 / Math.sqrt(x[xo + i] + alpha));
        }
      }
    }
  }

  static void unaryGradient(
      Workers workers,
      UnaryOp op,
      float alpha,
      float beta,
      int n,
      HostBuffer saved,
      HostBuffer dy,
      HostBuffer dx) {
    chunked(
        workers,
        n,
        (first, last) ->
            unaryGradient(
                op,
                alpha,
                beta,
                last - first,
                saved.array(),
                saved.offset() + first,
                dy.array(),
                dy.offset() + first,
                dx.array(),
                dx.offset() + first));
  }

  private static void unaryGradient(
      UnaryOp op,
      float alpha,
      float beta,
      int n,
      float[] s,
      int so,
      float[] dy,
      int go,
      float[] dx,
      int xo) {
    switch (op) {
      case AFFINE -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = alpha * dy[go + i];
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = s[so + i] > 0 ? dy[go + i] : 0;
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = s[so + i] > 0 ? dy[go + i] : alpha * dy[go + i];
        }
      }
      case CLIP -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = s[so + i] > alpha && s[so + i] < beta ? dy[go + i] : 0;
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = dy[go + i] * s[so + i] * (1 - s[so + i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = dy[go + i] * (1 - s[so + i] * s[so + i]);
        }
      }
      case EXP -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = dy[go + i] * s[so + i];
        }
      }
      case LOG -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = dy[go + i] / s[so + i];
        }
      }
      case RSQRT -> {
        for (int i = 0; i < n; i++) {
          dx[xo + i] = dy[go + i] * (-0.5f * s[so + i] * s[so + i] * s[so + i]);
        }
      }
    }
  }

  static void axpy(Workers workers, int n, float alpha, HostBuffer x, HostBuffer y) {
    float[] from = x.array();
    float[] to = y.array();
    chunked(
        workers,
        n,
        (first, last) -> {
          int xo = x.offset();
          int yo = y.offset();
          for (int i = first; i < last; i++) {
            to[yo + i] = Math.fma(alpha, from[xo + i], to[yo + i]);
          }
        });
  }

  static void dropout(Workers workers, int n, double ratio, long key, HostBuffer x, HostBuffer y) {
    float scale = (float) (1 / (1 - ratio));
    chunked(
        workers,
        n,
        (first, last) -> {
          for (int i = first; i < last; i++) {
            boolean kept = Rng.uniform(key, i) >= ratio;
            y.array()[y.offset() + i] = kept ? x.array()[x.offset() + i] * scale : 0;
          }
        });
  }

  /** Below this size a momentum is as good as zero, and far above where arithmetic turns slow. */
  private static final float TINY = 1e-30f;

  static void sgd(
      Workers workers,
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      HostBuffer g,
      HostBuffer v,
      HostBuffer w) {
    float[] ga = g.array();
    float[] va = v.array();
    float[] wa = w.array();
    chunked(
        workers,
        n,
        (first, last) -> {
          int go = g.offset();
          int vo = v.offset();
          int wo = w.offset();
          for (int i = first; i < last; i++) {
            float gradient = Math.fma(weightDecay, wa[wo + i], ga[go + i]);
            float step = gradient;
            if (momentum != 0) {
              // A momentum that decays over unused weights would end in denormals, which the JVM
              // cannot flush and the processor is slow at.
              float velocity = flushed(Math.fma(momentum, va[vo + i], gradient));
              va[vo + i] = velocity;
              step = nesterov ? Math.fma(momentum, velocity, gradient) : velocity;
            }
            wa[wo + i] = Math.fma(-rate, step, wa[wo + i]);
          }
        });
  }

  static void adamW(
      Workers workers,
      int n,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      int step,
      HostBuffer g,
      HostBuffer m,
      HostBuffer v,
      HostBuffer w) {
    float b1 = (float) beta1;
    float c1 = (float) (1 - beta1);
    float b2 = (float) beta2;
    float c2 = (float) (1 - beta2);
    float stepSize = (float) (rate / (1 - StrictMath.pow(beta1, step)));
    float root = (float) (1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, step)));
    float eps = (float) epsilon;
    float keep = (float) (1 - rate * weightDecay);
    chunked(
        workers,
        n,
        (first, last) -> {
          for (int i = first; i < last; i++) {
            float gradient = g.array()[g.offset() + i];
            float moment = flushed(b1 * m.array()[m.offset() + i] + c1 * gradient);
            float square = flushed(b2 * v.array()[v.offset() + i] + c2 * gradient * gradient);
            m.array()[m.offset() + i] = moment;
            v.array()[v.offset() + i] = square;
            float scale = (float) Math.sqrt(square) * root + eps;
            float kept = keep * w.array()[w.offset() + i];
            w.array()[w.offset() + i] = kept - stepSize * (moment / scale);
          }
        });
  }

  private static float flushed(float x) {
    return Math.abs(x) < TINY ? 0 : x;
  }
}
