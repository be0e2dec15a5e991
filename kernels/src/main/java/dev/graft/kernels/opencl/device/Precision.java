package dev.graft.kernels.opencl.device;

import dev.graft.core.backend.BackendException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The numbers that matrix products and convolutions are made of. Buffers hold float32 and sums are
 * float32 in every one of them, and nothing but products and convolutions is touched: what differs
 * is how their operands are rounded. The default is {@link #FLOAT32}, whose results other backends
 * can be compared with; those of the others differ.
 *
 * <p>On tensor cores no convolution goes by Winograd, whose transforms would magnify the rounding.
 *
 * <p>Products with at most 4 rows or columns, and convolutions with at most 4 input channels a
 * group, wait for memory and not for arithmetic: they stay float32.
 */
public enum Precision {

  /** Nothing is rounded but results: {@code |error| ≤ γ_k Σ |a| |b|} for a sum of k products. */
  FLOAT32,

  /**
   * Operands are rounded to 10 bits of mantissa (ties away from zero) and multiplied on tensor
   * cores: relative errors of up to 2^-11 an operand. PTX ISA, {@code mma.sync.m16n8k8} with {@code
   * .tf32} and {@code cvt.rna.tf32.f32}.
   */
  TF32,

  /**
   * Operands are rounded to 7 bits of mantissa (ties to even) and multiplied on tensor cores:
   * relative errors of up to 2^-8 an operand. PTX ISA, {@code mma.sync.m16n8k16} with {@code .bf16}
   * and {@code cvt.rn.bf16x2.f32}.
   */
  BF16,

  /**
   * The packed weights of convolutions that do not change (inference, and what is frozen) are
   * float16, in half of the memory and of the traffic: relative errors of up to 2^-11 a weight, and
   * below 2^-14 absolute ones of up to 2^-25. Weights beyond {@value #LARGEST_HALF} are refused.
   * All arithmetic is float32, on any device: reading and writing halves is core OpenCL, without
   * {@code cl_khr_fp16}. Changing weights stay float32. Convolutions with halves are direct, since
   * Winograd's transforms would magnify the rounding.
   */
  HALF;

  /** For those who open backends by name: a precision in lower case. */
  public static final String PROPERTY = "graft.opencl.precision";

  /**
   * Set to true, what tensor cores do is emulated where there are none: for tests, since that is
   * many times as slow as float32.
   */
  static final String EMULATED = "graft.opencl.emulate";

  /** The largest float16. */
  public static final float LARGEST_HALF = 65504;

  private static final int LEAST_CAPABILITY = 80;

  /** As {@code --precision} and {@value #PROPERTY} name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of that name.
   *
   * @throws BackendException if there is none; the message lists them
   */
  public static Precision named(String name) {
    return Arrays.stream(values())
        .filter(precision -> precision.word().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "unknown precision "
                        + name.strip()
                        + "; expected one of: "
                        + Arrays.stream(values())
                            .map(Precision::word)
                            .collect(Collectors.joining(", "))));
  }

  /**
   * What {@value #PROPERTY} names; float32 where it is not set.
   *
   * @throws BackendException if it names none
   */
  public static Precision chosen() {
    String name = System.getProperty(PROPERTY, "");
    try {
      return name.isBlank() ? FLOAT32 : named(name);
    } catch (BackendException e) {
      throw new BackendException(PROPERTY + ": " + e.getMessage(), e);
    }
  }

  /** Why this device cannot compute so, with what it can; empty where it can. */
  public Optional<String> problem(OpenClDevice device) {
    if (!onTensorCores() || hasTensorCores(device) || Boolean.getBoolean(EMULATED)) {
      return Optional.empty();
    }
    String found = device.name().strip();
    if (device.computeCapability() > 0) {
      found += ", " + device.computeCapability() / 10 + "." + device.computeCapability() % 10;
    }
    return Optional.of(
        "precision "
            + word()
            + " needs an NVIDIA GPU of compute capability 8.0 or above, with NVIDIA's driver; found "
            + found
            + "; use float32, or half for smaller weights");
  }

  public boolean onTensorCores() {
    return this == TF32 || this == BF16;
  }

  /** Elements of an operand in a word of 32 bits. */
  public int perWord() {
    return this == BF16 ? 2 : 1;
  }

  /**
   * Other drivers for the same devices take no PTX. Where NVIDIA's does not tell the compute
   * capability, its compiler will.
   */
  public static boolean hasTensorCores(OpenClDevice device) {
    int capability = device.computeCapability();
    return device.isGpu()
        && device.platform().toLowerCase(Locale.ROOT).contains("nvidia")
        && (capability == 0 || capability >= LEAST_CAPABILITY);
  }
}
