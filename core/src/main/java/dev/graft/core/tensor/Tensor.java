package dev.graft.core.tensor;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.HostIntegers;
import dev.graft.core.backend.SealedBuffer;
import java.util.Arrays;
import java.util.function.DoublePredicate;

/**
 * A contiguous row-major array: a type, a shape and the buffer that holds its elements. Floats lie
 * in host memory or on a device, whole numbers and truth values always in host memory.
 *
 * @param type what the elements are
 * @param shape the sizes, all known
 * @param buffer the elements, {@code shape.elements()} of them from its start
 */
public record Tensor(ElementType type, Shape shape, Buffer buffer) {

  public Tensor {
    if (buffer instanceof HostIntegers == (type == ElementType.FLOAT32)) {
      throw new IllegalArgumentException(
          type + " elements do not lie in a " + buffer.getClass().getSimpleName());
    }
    if (buffer.length() < shape.elements()) {
      throw new ShapeException(
          shape + " has " + shape.elements() + " elements, the buffer holds " + buffer.length());
    }
  }

  /** A tensor of floats. */
  public Tensor(Shape shape, Buffer buffer) {
    this(ElementType.FLOAT32, shape, buffer);
  }

  /**
   * A tensor in host memory over {@code values}, which is shared, not copied.
   *
   * @throws ShapeException if the number of values is not the shape's
   */
  public static Tensor of(Shape shape, float... values) {
    expectCount(shape, values.length);
    return new Tensor(shape, HostBuffer.of(values));
  }

  /**
   * A tensor of whole numbers over {@code values}, which is shared, not copied.
   *
   * @throws ShapeException if the number of values is not the shape's
   */
  public static Tensor whole(Shape shape, long... values) {
    return whole(ElementType.INT64, shape, values);
  }

  /**
   * A tensor of whole numbers, or of truth values as 0 and 1.
   *
   * @throws ShapeException if the number of values is not the shape's
   */
  public static Tensor whole(ElementType type, Shape shape, long... values) {
    expectCount(shape, values.length);
    return new Tensor(type, shape, HostIntegers.of(values));
  }

  private static void expectCount(Shape shape, int count) {
    if (count != shape.elements()) {
      throw new ShapeException(
          shape + " has " + shape.elements() + " elements, found " + count + " values");
    }
  }

  /** A tensor of zeros in host memory. */
  public static Tensor zeros(Shape shape) {
    return of(shape, new float[shape.elements()]);
  }

  /** A new tensor on {@code backend} with unspecified contents. */
  public static Tensor allocate(Backend backend, Shape shape) {
    return new Tensor(shape, backend.allocate(shape.elements()));
  }

  /** A copy of this host tensor on {@code backend}; itself where its elements stay on the host. */
  public Tensor upload(Backend backend) {
    if (type != ElementType.FLOAT32) {
      return this;
    }
    Tensor copy = allocate(backend, shape);
    uploadTo(backend, copy.buffer);
    return copy;
  }

  /** Copies the elements of this host tensor of floats to {@code target} on {@code backend}. */
  public void uploadTo(Backend backend, Buffer target) {
    int count = shape.elements();
    if (buffer instanceof SealedBuffer sealed) {
      sealed.upload(backend, count, target);
    } else {
      backend.upload(host().array(), host().offset(), count, target);
    }
  }

  /** This host tensor, whose elements nobody changes any more: a model's weight. */
  public Tensor sealed() {
    return buffer instanceof SealedBuffer ? this : new Tensor(shape, SealedBuffer.of(host()));
  }

  /** Whether it is a model's weight, which is read by way of {@link #lend} or {@link #toArray}. */
  public boolean isSealed() {
    return buffer instanceof SealedBuffer;
  }

  /**
   * This host tensor for kernels of {@code backend} to read: the same memory where it computes
   * there, else a copy.
   */
  public Tensor lend(Backend backend) {
    return new Tensor(shape, ((SealedBuffer) sealed().buffer).lend(backend));
  }

  /** A copy of this tensor, which lives on {@code backend}, as an array. */
  public float[] download(Backend backend) {
    float[] values = new float[shape.elements()];
    backend.download(buffer, values.length, values, 0);
    return values;
  }

  /**
   * This tensor in host memory: a copy where it lives on {@code backend}, itself where its elements
   * are whole numbers.
   */
  public Tensor toHost(Backend backend) {
    return type == ElementType.FLOAT32 ? of(shape, download(backend)) : this;
  }

  /** A copy of this host tensor's floats. */
  public float[] toArray() {
    float[] values = new float[shape.elements()];
    ((SealedBuffer) sealed().buffer).read(values.length, values, 0);
    return values;
  }

  /** Whether all floats of this host tensor pass; without a copy of them. */
  public boolean allMatch(DoublePredicate predicate) {
    return ((SealedBuffer) sealed().buffer).allMatch(shape.elements(), predicate);
  }

  /** This host tensor of floats; where {@code type} is another, the whole numbers that they are. */
  public Tensor as(ElementType type) {
    if (type == this.type) {
      return this;
    }
    float[] values = toArray();
    long[] numbers = new long[values.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (long) values[i];
    }
    return whole(type, shape, numbers);
  }

  /**
   * A copy of the elements that are no floats; truth values as 0 and 1.
   *
   * @throws IllegalStateException if they are floats
   */
  public long[] toLongs() {
    HostIntegers host = integers();
    return Arrays.copyOfRange(host.array(), host.offset(), host.offset() + shape.elements());
  }

  /**
   * The storage of elements that are no floats.
   *
   * @throws IllegalStateException if they are floats
   */
  public HostIntegers integers() {
    if (buffer instanceof HostIntegers host) {
      return host;
    }
    throw new IllegalStateException("the tensor " + shape + " holds " + type + ", not integers");
  }

  /**
   * The storage of a float tensor in host memory.
   *
   * @throws IllegalStateException if the tensor lives on a device, {@link #download} it first; or
   *     if it is a model's weight, of which {@link #toArray} is a copy
   */
  public HostBuffer host() {
    if (buffer instanceof HostBuffer host) {
      return host;
    }
    if (buffer instanceof SealedBuffer) {
      throw new IllegalStateException(
          "the tensor " + shape + " is a weight, which nobody writes; take a copy with toArray()");
    }
    throw new IllegalStateException(
        type == ElementType.FLOAT32
            ? "the tensor " + shape + " is not in host memory; download it"
            : "the tensor " + shape + " holds " + type + ", not floats");
  }

  /**
   * The same elements under another shape; shares storage.
   *
   * @throws ShapeException if the numbers of elements differ
   */
  public Tensor reshape(Shape shape) {
    if (shape.elements() != this.shape.elements()) {
      throw new ShapeException(this.shape + " cannot be reshaped to " + shape);
    }
    return new Tensor(type, shape, buffer);
  }
}
