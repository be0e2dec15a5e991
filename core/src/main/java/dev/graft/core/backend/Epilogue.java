package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Kernel} does to each element of its result before it is written: {@code y =
 * activation(result + bias[channel] + residual)}, each part optional; the channels of a product are
 * its columns. One pass over the output instead of three.
 *
 * @param bias whether a bias, one value a channel, is added
 * @param residual whether a tensor of the output's shape is added
 * @param activation applied last; null for none
 * @param alpha of the activation, see {@link UnaryOp}
 * @param beta of the activation, see {@link UnaryOp}
 */
public record Epilogue(
    boolean bias, boolean residual, @Nullable UnaryOp activation, double alpha, double beta) {

  /** The result as it is. */
  public static final Epilogue NONE = new Epilogue(false, false, null, 0, 0);

  /** Only a bias, or nothing. */
  public static Epilogue bias(boolean bias) {
    return new Epilogue(bias, false, null, 0, 0);
  }
}
