package dev.graft.importers.onnx;

import static dev.graft.importers.onnx.OnnxFile.ints;
import static dev.graft.importers.onnx.OnnxFile.of;
import static dev.graft.importers.onnx.OnnxFile.scalar;
import static dev.graft.importers.onnx.OnnxFile.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.op.Pad;
import dev.graft.core.op.Reshape;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.Imported;
import dev.graft.importers.onnx.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arithmetic on shapes is gone after an import, and the batch stays open. */
class ShapeGlueTest {

  /** {@code x.view(x.size(0), -1)} as PyTorch writes it. */
  private static OnnxFile view(long batch) {
    return new OnnxFile(13)
        .input("x", batch, 2, 3)
        .node("Shape", "x", "shape")
        .constant("zero", scalar(0))
        .node("Gather", "shape,zero", "n", of("axis", 0L))
        .longs("front", 0)
        .node("Unsqueeze", "n,front", "n1")
        .constant("rest", vector(-1))
        .node("Concat", "n1,rest", "target", of("axis", 0L))
        .node("Reshape", "x,target", "y")
        .output("y");
  }

  @Test
  void viewOfTheBatch_copiesIt() {
    Imported imported = view(-1).read();
    assertThat(imported.model().graph().nodes()).hasSize(1);
    assertThat(imported.model().graph().nodes().get(0).op()).isEqualTo(new Reshape(List.of(0, -1)));
    assertThat(imported.report().operators()).containsOnly(entry("Reshape", 1));
    assertThat(imported.report().toString()).contains("6 nodes computed at import");
    assertThat(view(-1).run(1).shape()).isEqualTo(Shape.of(1, 6));
    assertThat(view(-1).run(3).shape()).isEqualTo(Shape.of(3, 6));
    assertThat(view(1).run(3).shape()).isEqualTo(Shape.of(3, 6));
  }

  @Test
  void batchTimesASize_isInferred() {
    OnnxFile file =
        new OnnxFile(13)
            .input("x", -1, 2, 3)
            .node("Shape", "x", "n", of("end", 1L))
            .longs("two", 2)
            .node("Mul", "n,two", "rows")
            .longs("three", 3)
            .node("Concat", "rows,three", "target", of("axis", 0L))
            .node("Reshape", "x,target", "y")
            .output("y");
    // Shape has start and end since opset 15; read alike before.
    assertThat(file.run(2).shape()).isEqualTo(Shape.of(4, 3));
  }

  @Test
  void batchBehindAnotherAxis_isNotTakenForTheFirst() {
    OnnxFile file =
        new OnnxFile(15)
            .input("x", -1, 2, 3)
            .node("Transpose", "x", "t", ints("perm", 1, 0, 2))
            .node("Shape", "x", "n", of("end", 1L))
            .longs("six", 6)
            .node("Concat", "n,six", "target", of("axis", 0L))
            .node("Reshape", "t,target", "y")
            .output("y");
    assertThat(file.run(3).shape()).isEqualTo(Shape.of(3, 6));
  }

  /** PyTorch's F.pad at opset 11 turns its pads around through a matrix of whole numbers. */
  @Test
  void padsThroughAMatrix_areFolded() {
    OnnxFile file =
        new OnnxFile(11)
            .input("x", -1, 2, 4, 4)
            .output("y")
            .longs("given", 1, 2, 3, 4)
            .longs("four", 4)
            .node("ConstantOfShape", "four", "zeros", zero())
            .node("Concat", "given,zeros", "all", of("axis", 0L))
            .longs("pairs", -1, 2)
            .node("Reshape", "all,pairs", "matrix")
            .longs("start", -1)
            .longs("end", Long.MIN_VALUE)
            .longs("axis", 0)
            .longs("step", -1)
            .node("Slice", "matrix,start,end,axis,step", "turned")
            .node("Transpose", "turned", "columns", ints("perm", 1, 0))
            .longs("flat", -1)
            .node("Reshape", "columns,flat", "pads")
            .node("Cast", "pads", "cast", of("to", 7L))
            .node("Pad", "x,cast", "y");
    assertThat(file.model().graph().nodes().get(0).op())
        .isEqualTo(new Pad(List.of(0, 0, 3, 1, 0, 0, 4, 2), 0));
  }

  private static AttributeProto zero() {
    return AttributeProto.newBuilder().setName("value").setT(vector(0)).build();
  }

  @Test
  void shapeThatIsNoMultipleOfTheBatch_isRefused() {
    OnnxFile file =
        new OnnxFile(15)
            .input("x", -1, 4)
            .node("Shape", "x", "n", of("end", 1L))
            .longs("one", 1)
            .node("Add", "n,one", "more")
            .node("Reshape", "x,more", "y")
            .output("y");
    assertThatThrownBy(file::read)
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("more_node (Add, opset 15): Add on shapes")
        .hasMessageContaining("batch size is open");
  }

  @Test
  void onePositionOfATensor_isASlice() {
    OnnxFile file =
        new OnnxFile(13)
            .input("x", -1, 3, 2)
            .constant("last", scalar(-1))
            .node("Gather", "x,last", "y", of("axis", 1L))
            .output("y");
    assertThat(file.run(2).shape()).isEqualTo(Shape.of(2, 2));
    assertThat(file.run(2).toArray()).containsExactly(4, 5, 10, 11);
  }

  @Test
  void batchFixedToOne_isLeftOpen_andSaid() {
    OnnxFile file =
        new OnnxFile(13)
            .input("x", 1, 4)
            .longs("target", 1, 2, 2)
            .node("Reshape", "x,target", "y")
            .output("y");
    Imported imported = file.read();
    assertThat(imported.model().graph().input().sizes()).containsExactly(InputSpec.DYNAMIC, 4);
    assertThat(imported.report().notes()).anyMatch(note -> note.contains("left open"));
    assertThat(file.run(3).shape()).isEqualTo(Shape.of(3, 2, 2));
  }

  @Test
  void batchFixedToOne_staysWhereSamplesWouldMix() {
    OnnxFile mean = new OnnxFile(13).input("x", 1, 4).node("ReduceMean", "x", "y").output("y");
    stays(mean);
    stays(new OnnxFile(13).input("x", 1, 4).node("Squeeze", "x", "y").output("y"));
    stays(new OnnxFile(13).input("x", 1, 4).node("Softmax", "x", "y", of("axis", 0L)).output("y"));
    stays(new OnnxFile(13).input("x", 1, 4).node("Concat", "x,x", "y", of("axis", 0L)).output("y"));
    stays(new OnnxFile(13).input("x", 1, 4).node("Transpose", "x", "y").output("y"));
    stays(
        new OnnxFile(13)
            .input("x", 1, 4)
            .longs("target", 2, 2)
            .node("Reshape", "x,target", "y")
            .output("y"));
  }

  private static void stays(OnnxFile file) {
    Imported imported = file.read();
    assertThat(imported.model().graph().input().sizes()).containsExactly(1, 4);
    assertThat(imported.report().notes()).anyMatch(note -> note.startsWith("the batch stays 1"));
  }
}
