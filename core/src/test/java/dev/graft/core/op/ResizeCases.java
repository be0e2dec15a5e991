package dev.graft.core.op;

import dev.graft.core.op.resizing.Coordinates;
import dev.graft.core.op.resizing.Interpolation;
import dev.graft.core.op.resizing.Nearest;
import dev.graft.core.op.resizing.Resize;
import dev.graft.core.op.resizing.Target;
import java.util.ArrayList;
import java.util.List;

/** Cases of resizing: each interpolation, each way to place positions. */
final class ResizeCases {

  private ResizeCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    Target twice = Target.scales(1.0, 1.0, 2.0, 1.5);
    Target fewer = Target.sizes(0, 0, 2, 3);
    for (Coordinates coordinates : Coordinates.values()) {
      cases.add(resize(twice, Interpolation.LINEAR, coordinates).with(1, 2, 3, 3));
    }
    for (Nearest nearest : Nearest.values()) {
      Op op = new Resize(fewer, Interpolation.NEAREST, Coordinates.HALF_PIXEL, nearest);
      cases.add(OpCase.of("Resize " + nearest, op).with(2, 1, 4, 4));
    }
    for (Interpolation interpolation :
        List.of(
            Interpolation.CUBIC,
            new Interpolation(Interpolation.Kind.CUBIC, -0.5, true, false),
            new Interpolation(Interpolation.Kind.LINEAR, -0.75, true, true),
            new Interpolation(Interpolation.Kind.CUBIC, -0.75, false, true))) {
      cases.add(resize(fewer, interpolation, Coordinates.HALF_PIXEL).with(1, 2, 5, 4));
    }
    cases.add(resize(Target.scales(1.0), Interpolation.LINEAR, Coordinates.ASYMMETRIC).with(3));
    return cases;
  }

  private static OpCase resize(
      Target target, Interpolation interpolation, Coordinates coordinates) {
    Op op = new Resize(target, interpolation, coordinates, Nearest.FLOOR);
    return OpCase.of(op.toString(), op);
  }
}
