package dev.graft.tests.backend;

import dev.graft.core.backend.ConvGeometry;

/** Convolutions in few words, and how many elements their operands have. */
final class Geometries {

  private Geometries() {}

  /** A square convolution with as much padding on every side. */
  static ConvGeometry square(
      int batch, int in, int size, int out, int groups, int kernel, int stride, int pad) {
    return new ConvGeometry(
        batch, in, size, size, out, groups, kernel, kernel, stride, stride, 1, 1, pad, pad, pad,
        pad);
  }

  static int inputs(ConvGeometry g) {
    return g.batch() * g.inChannels() * g.inPlane();
  }

  static int weights(ConvGeometry g) {
    return g.outChannels() * g.patch();
  }

  static int outputs(ConvGeometry g) {
    return g.batch() * g.outChannels() * g.outPlane();
  }
}
