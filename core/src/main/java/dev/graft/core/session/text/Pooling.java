package dev.graft.core.session.text;

/** How the vectors of a text's tokens become the vector of the text; padding never counts. */
public enum Pooling {

  /** The mean of all tokens. */
  MEAN {
    @Override
    void pool(int tokens, int features, float[] x, int xo, float[] y) {
      for (int token = 0; token < tokens; token++) {
        int at = xo + token * features;
        for (int i = 0; i < features; i++) {
          y[i] += x[at + i];
        }
      }
      for (int i = 0; i < features; i++) {
        y[i] /= tokens;
      }
    }
  },

  /** The first token's, which is {@code [CLS]} in a BERT. */
  FIRST {
    @Override
    void pool(int tokens, int features, float[] x, int xo, float[] y) {
      System.arraycopy(x, xo, y, 0, features);
    }
  },

  /** The largest of all tokens, feature by feature. */
  MAX {
    @Override
    void pool(int tokens, int features, float[] x, int xo, float[] y) {
      System.arraycopy(x, xo, y, 0, features);
      for (int token = 1; token < tokens; token++) {
        int at = xo + token * features;
        for (int i = 0; i < features; i++) {
          y[i] = Math.max(y[i], x[at + i]);
        }
      }
    }
  };

  /**
   * Pools one text.
   *
   * @param tokens how many there are, at least 1
   * @param x their vectors, row by row from {@code xo} on
   * @param y zeros, overwritten
   */
  abstract void pool(int tokens, int features, float[] x, int xo, float[] y);
}
