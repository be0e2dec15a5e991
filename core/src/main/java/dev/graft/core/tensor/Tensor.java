package dev.graft.core.tensor;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.HostBuffer;

/**
 * A contiguous row-major array of float32 numbers: a shape and the buffer that holds its elements,
 * in host memory or on a device.
 *
 * @param shape the sizes
 * @param buffer the elements, {@code shape.elements()} of them from its start
 */
public record Tensor(Shape shape, Buffer buffer) {

  public Tensor {
    if (buffer.length() < shape.elements()) {
      throw new ShapeException(
          shape + " has " + shape.elements() + " elements, the buffer holds " + buffer.length());
    }
  }

  /**
   * A tensor in host memory over {@code values}, which is shared, not copied.
   *
   * @throws ShapeException if the number of values is not the shape's
   */
  public static Tensor of(Shape shape, float... values) {
    if (values.length != shape.elements()) {
      throw new ShapeException(
          shape + " has " + shape.elements() + " elements, found " + values.length + " values");
    }
    return new Tensor(shape, HostBuffer.of(values));
  }

  /** A tensor of zeros in host memory. */
  public static Tensor zeros(Shape shape) {
    return of(shape, new float[shape.elements()]);
  }

  /** A new tensor on {@code backend} with unspecified contents. */
  public static Tensor allocate(Backend backend, Shape shape) {
    return new Tensor(shape, backend.allocate(shape.elements()));
  }

  /** A copy of this host tensor on {@code backend}. */
  public Tensor upload(Backend backend) {
    HostBuffer host = host();
    Tensor copy = allocate(backend, shape);
    backend.upload(host.array(), host.offset(), shape.elements(), copy.buffer);
    return copy;
  }

  /** A copy of this tensor, which lives on {@code backend}, as an array. */
  public float[] download(Backend backend) {
    float[] values = new float[shape.elements()];
    backend.download(buffer, values.length, values, 0);
    return values;
  }

  /** A copy of this host tensor's elements. */
  public float[] toArray() {
    HostBuffer host = host();
    return java.util.Arrays.copyOfRange(
        host.array(), host.offset(), host.offset() + shape.elements());
  }

  /**
   * The storage of a tensor in host memory.
   *
   * @throws IllegalStateException if the tensor lives on a device; {@link #download} it first
   */
  public HostBuffer host() {
    if (buffer instanceof HostBuffer host) {
      return host;
    }
    throw new IllegalStateException("the tensor " + shape + " is not in host memory; download it");
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
    return new Tensor(shape, buffer);
  }
}
