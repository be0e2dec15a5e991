package dev.graft.bench;

import java.util.Arrays;

/** Several sizes as one parameter, such as {@code 64x12544x147}: JMH cuts parameters at commas. */
final class Sizes {

  private Sizes() {}

  static int[] of(String parameter) {
    return Arrays.stream(parameter.split("x")).mapToInt(Integer::parseInt).toArray();
  }
}
