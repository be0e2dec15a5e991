package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The arithmetic on shapes that exporters leave behind is gone after the import, at any batch. */
class ShapeArithmeticTest extends ReaderTest {

  /** Expects a Reshape and nothing else, which gives this shape for batches of 1 and 5. */
  private void reshapes(OnnxFile file, Shape one, Shape five) throws IOException {
    Model model = read(file.output()).model();
    assertThat(model.graph().nodes()).extracting(n -> n.op().type()).containsExactly("Reshape");
    assertThat(run(model, 1).shape()).isEqualTo(one);
    assertThat(run(model, 5).shape()).isEqualTo(five);
  }

  @Test
  void flattenAsPyTorchExportsIt_keepsTheBatch() throws IOException {
    OnnxFile file = new OnnxFile(11).input("x", -1, 6, 2, 2);
    file.named("shape", "Shape", "x");
    file.named("zero", "Constant").tensor("value", wholeNumber(0));
    file.named("n", "Gather", "shape", "zero").integer("axis", 0);
    file.named("row", "Unsqueeze", "n").integers("axes", 0);
    file.longs("rest", -1);
    file.named("target", "Concat", "row", "rest").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(1, 24), Shape.of(5, 24));
  }

  private static TensorProto.Builder wholeNumber(long value) {
    return TensorProto.newBuilder()
        .setDataType(TensorProto.DataType.INT64.getNumber())
        .addInt64Data(value);
  }

  @Test
  void groupsOfChannels_areMadeByMulAndDiv() throws IOException {
    // The channel shuffle of ShuffleNet: [N, C, H, W] to [N, 2, C / 2, H W].
    OnnxFile file = new OnnxFile(13).input("x", -1, 6, 2, 3);
    file.longs("0", 0).longs("1", 1).longs("2", 2).longs("3", 3).longs("4", 4);
    file.named("shape", "Shape", "x");
    file.named("n", "Slice", "shape", "0", "1");
    file.named("c", "Slice", "shape", "1", "2");
    file.named("h", "Slice", "shape", "2", "3");
    file.named("w", "Slice", "shape", "3", "4", "0", "1");
    file.named("half", "Div", "c", "2");
    file.named("plane", "Mul", "h", "w");
    file.named("target", "Concat", "n", "2", "half", "plane").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(1, 2, 3, 6), Shape.of(5, 2, 3, 6));
  }

  @Test
  void castsBetweenWholeNumbers_changeNothing() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4, 2).longs("rest", -1).longs("0", 0);
    file.longs("1", 1);
    file.named("shape", "Shape", "x");
    file.named("narrow", "Cast", "shape").integer("to", TensorProto.DataType.INT32.getNumber());
    file.named("n", "Slice", "narrow", "0", "1");
    file.named("wide", "Cast", "n").integer("to", TensorProto.DataType.INT64.getNumber());
    file.named("target", "Concat", "wide", "rest").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(1, 8), Shape.of(5, 8));
  }

  @Test
  void batchTimesAnAxis_isInferred() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4, 3);
    file.longs("0", 0).longs("1", 1).longs("2", 2).longs("3", 3);
    file.named("shape", "Shape", "x");
    file.named("n", "Slice", "shape", "0", "1");
    file.named("t", "Slice", "shape", "1", "2");
    file.named("f", "Slice", "shape", "2", "3");
    file.named("rows", "Mul", "n", "t");
    file.named("target", "Concat", "rows", "f").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(4, 3), Shape.of(20, 3));
  }

  @Test
  void negativePositionsAndSteps_countFromTheEnd() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4, 3);
    file.longs("minusOne", -1).longs("before", -3).longs("zero", 0);
    file.named("shape", "Shape", "x");
    // [3, 4]: the last two sizes, backwards.
    file.named("back", "Slice", "shape", "minusOne", "before", "zero", "minusOne");
    file.named("target", "Concat", "minusOne", "back").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(1, 3, 4), Shape.of(5, 3, 4));
  }

  @Test
  void partOfAShape_isTakenByAttributesSinceOpset15() throws IOException {
    OnnxFile file = new OnnxFile(18).input("x", -1, 4, 3).longs("rest", -1);
    file.named("inner", "Shape", "x").integer("start", -2);
    file.named("target", "Concat", "rest", "inner").integer("axis", 0);
    file.node("Reshape", "x", "target");
    reshapes(file, Shape.of(1, 4, 3), Shape.of(5, 4, 3));
  }

  @Test
  void targetsThatDoNotFollowFromTheInput_areRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).longs("0", 0).longs("1", 1);
    file.named("shape", "Shape", "x");
    file.named("n", "Slice", "shape", "0", "1");
    file.named("more", "Add", "n", "1").called("more");
    file.node("Reshape", "x", "more");
    refused(file.output(), "(Reshape, opset 13)", "N+1", "does not follow from [N,4]");
  }

  @Test
  void reshapeToWhatIsOnlyKnownAtRunTime_isRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).input("sizes", 2);
    file.named("y", "Reshape", "x", "sizes").called("late");
    refused(file.output(), "late (Reshape, opset 13)", "must be constant");
  }

  @Test
  void divisionOfShapesByZero_isRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).longs("0", 0);
    file.named("shape", "Shape", "x");
    file.named("none", "Div", "shape", "0");
    file.node("Reshape", "x", "none");
    refused(file.output(), "none (Div, opset 13)");
  }

  @Test
  void constantsOfAnyShape_doNotTakeTheHeap() {
    // 40 bytes that ask for a trillion zeros, and a sum that would make 2^40 of two small vectors.
    OnnxFile zeros = new OnnxFile(13).input("x", -1, 4).longs("sizes", 1 << 20, 1 << 20);
    zeros.named("zeros", "ConstantOfShape", "sizes");
    zeros.node("Add", "x", "zeros");
    refused(zeros.output(), "zeros (ConstantOfShape");
    OnnxFile outer = new OnnxFile(13).input("x", -1, 1 << 11);
    outer.floats("row", new int[] {1, 1 << 14}, new float[1 << 14]);
    outer.floats("column", new int[] {1 << 14, 1}, new float[1 << 14]);
    outer.named("square", "Add", "row", "column");
    outer.named("mean", "ReduceMean", "square");
    outer.node("Add", "x", "mean");
    // 2^28 elements: a node remains, rather than a gigabyte in the model.
    assertNodes(outer, "Add");
  }

  private void assertNodes(OnnxFile file, String type) {
    try {
      assertThat(read(file.output()).model().graph().nodes())
          .extracting(Node::op)
          .anyMatch(op -> op.type().equals(type));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
