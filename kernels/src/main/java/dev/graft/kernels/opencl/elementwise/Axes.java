package dev.graft.kernels.opencl.elementwise;

import dev.graft.core.backend.BackendException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A box of indices and the layouts of several operands over it, in as few axes as there can be:
 * axes of one element are dropped, and two that every layout walks through as if they were one are
 * one. Most calls end up with one axis or two, and a kernel then needs no division to find its
 * place.
 */
public final class Axes {

  /** {@code MAX_RANK} of {@code common.cl}. */
  static final int MAX_RANK = 8;

  /**
   * One axis.
   *
   * @param size its elements
   * @param strides from one element to the next, in each layout
   */
  record Axis(int size, int[] strides) {}

  /** Innermost first. */
  private final List<Axis> axes;

  private final int layouts;

  private Axes(List<Axis> axes, int layouts) {
    this.axes = axes;
    this.layouts = layouts;
  }

  /** The axes of {@code shape}, in its order. */
  public static Axes of(int[] shape, int[]... strides) {
    return new Axes(merged(gather(shape, strides)), strides.length);
  }

  /**
   * The axes of {@code shape} sorted by their strides in the last layout, the smallest innermost:
   * for copies, which may visit elements in any order.
   */
  static Axes sorted(int[] shape, int[]... strides) {
    List<Axis> axes = gather(shape, strides);
    axes.sort(Comparator.comparingInt(axis -> Math.abs(axis.strides[strides.length - 1])));
    return new Axes(merged(axes), strides.length);
  }

  private static List<Axis> gather(int[] shape, int[][] strides) {
    List<Axis> axes = new ArrayList<>();
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] != 1) {
        int[] here = new int[strides.length];
        for (int layout = 0; layout < here.length; layout++) {
          here[layout] = strides[layout][d];
        }
        axes.add(new Axis(shape[d], here));
      }
    }
    return axes;
  }

  private static List<Axis> merged(List<Axis> axes) {
    List<Axis> merged = new ArrayList<>();
    for (Axis outer : axes) {
      Axis inner = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (inner != null && continues(inner, outer)) {
        merged.set(merged.size() - 1, new Axis(inner.size * outer.size, inner.strides));
      } else {
        merged.add(outer);
      }
    }
    if (merged.size() > MAX_RANK) {
      throw new BackendException(
          "backend opencl copies and broadcasts over at most "
              + MAX_RANK
              + " axes that do not merge, found "
              + merged.size()
              + "; use another backend for this model");
    }
    return merged;
  }

  private static boolean continues(Axis inner, Axis outer) {
    for (int layout = 0; layout < inner.strides.length; layout++) {
      if (outer.strides[layout] != inner.strides[layout] * inner.size) {
        return false;
      }
    }
    return true;
  }

  /** The first axis along which neighbours of a layout are neighbours in memory, or -1. */
  int unitAxis(int layout) {
    for (int axis = 0; axis < axes.size(); axis++) {
      if (axes.get(axis).strides[layout] == 1) {
        return axis;
      }
    }
    return -1;
  }

  /** The same axes with one of them, not the innermost, next to the innermost. */
  Axes withSecond(int axis) {
    List<Axis> moved = new ArrayList<>(axes);
    moved.add(1, moved.remove(axis));
    return new Axes(moved, layouts);
  }

  int rank() {
    return axes.size();
  }

  boolean isEmpty() {
    return axes.stream().anyMatch(axis -> axis.size == 0);
  }

  /** Elements along an axis, 1 beyond the last. */
  int size(int axis) {
    return axis < axes.size() ? axes.get(axis).size : 1;
  }

  int stride(int axis, int layout) {
    return axes.get(axis).strides[layout];
  }

  /** Elements of all axes from {@code first} on. */
  public int elementsFrom(int first) {
    int elements = 1;
    for (int axis = first; axis < axes.size(); axis++) {
      elements *= axes.get(axis).size;
    }
    return elements;
  }

  /**
   * The {@code struct} that kernels take: rank, sizes, and the strides of every layout, each with
   * room for {@link #MAX_RANK} axes.
   */
  public int[] struct() {
    int[] members = new int[1 + MAX_RANK * (1 + layouts)];
    Arrays.fill(members, 1, 1 + MAX_RANK, 1);
    members[0] = axes.size();
    for (int axis = 0; axis < axes.size(); axis++) {
      members[1 + axis] = axes.get(axis).size;
      for (int layout = 0; layout < layouts; layout++) {
        members[1 + MAX_RANK * (1 + layout) + axis] = axes.get(axis).strides[layout];
      }
    }
    return members;
  }
}
