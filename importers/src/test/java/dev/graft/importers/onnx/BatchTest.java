package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportedModel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Samples of a batch stay apart, whatever the exporter wrote for one of them. */
class BatchTest extends ReaderTest {

  private static OnnxFile one() {
    return new OnnxFile(13).input("x", 1, 4);
  }

  private void stays(OnnxFile file, String why) throws IOException {
    ImportedModel imported = read(file.output());
    assertThat(imported.model().graph().input().shape()).isEqualTo(Shape.of(1, 4));
    assertThat(imported.report().warnings())
        .anySatisfy(warning -> assertThat(warning).contains("the batch stays 1", why));
  }

  @Test
  void fixedBatch_staysWhereSamplesWouldMix() throws IOException {
    OnnxFile mean = one();
    mean.node("ReduceMean", "x");
    stays(mean, "works across the batch");
    OnnxFile apart = one().longs("sizes", 2, -1);
    apart.node("Reshape", "x", "sizes");
    stays(apart, "takes the samples apart");
    OnnxFile axes = one();
    axes.named("s", "Squeeze", "x");
    axes.node("Transpose", "s");
    stays(axes, "whose batch of 1 the file has dropped");
    OnnxFile softmax = one();
    softmax.node("Softmax", "x").integer("axis", 0);
    stays(softmax, "works across the batch");
    OnnxFile twice = one();
    twice.node("Concat", "x", "x").integer("axis", 0);
    stays(twice, "works across the batch");
    OnnxFile turned = one();
    turned.node("Transpose", "x");
    stays(turned, "behind other axes");
    OnnxFile picked = one().longs("0", 0).longs("1", 1);
    picked.node("Slice", "x", "0", "1", "0");
    stays(picked, "works across the batch");
  }

  @Test
  void squeezeOfEverything_keepsABatchThatHappensToBeOne() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 4, 1);
    file.node("Squeeze", "x");
    assertThat(onlyOp(file)).isEqualTo(new Squeeze(List.of(1, 3)));
    OnnxFile nothing = new OnnxFile(13).input("x", -1, 4);
    nothing.node("Squeeze", "x");
    assertThat(onlyOp(nothing)).isEqualTo(new Identity());
  }

  @Test
  void batchBehindAnotherAxis_isNotTakenForTheFirst() throws IOException {
    OnnxFile file = new OnnxFile(15).input("x", -1, 2, 3).longs("six", 6);
    file.named("t", "Transpose", "x").integers("perm", 1, 0, 2);
    file.named("n", "Shape", "x").integer("end", 1);
    file.named("target", "Concat", "n", "six").integer("axis", 0);
    file.node("Reshape", "t", "target");
    assertThat(run(read(file.output()).model(), 3).shape()).isEqualTo(Shape.of(3, 6));
  }

  /** PyTorch's F.pad at opset 11 turns its pads around through a matrix of whole numbers. */
  @Test
  void padsThroughAMatrix_areFolded() throws IOException {
    OnnxFile file = new OnnxFile(11).input("x", -1, 2, 4, 4);
    file.longs("given", 1, 2, 3, 4).longs("zeros", 0, 0, 0, 0).longs("pairs", -1, 2);
    file.longs("start", -1).longs("end", Long.MIN_VALUE).longs("axis", 0).longs("flat", -1);
    file.named("all", "Concat", "given", "zeros").integer("axis", 0);
    file.named("matrix", "Reshape", "all", "pairs");
    file.named("turned", "Slice", "matrix", "start", "end", "axis", "start");
    file.named("columns", "Transpose", "turned").integers("perm", 1, 0);
    file.named("pads", "Reshape", "columns", "flat");
    file.named("cast", "Cast", "pads").integer("to", 7);
    file.node("Pad", "x", "cast");
    assertThat(onlyOp(file)).isEqualTo(new Pad(List.of(0, 0, 3, 1, 0, 0, 4, 2), 0));
  }

  @Test
  void onePositionOfATensor_isASlice() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 3, 2).longs("last", -1);
    file.node("Gather", "x", "last").integer("axis", 1);
    assertThat(onlyOp(file))
        .isEqualTo(new Slice(List.of(-1L), List.of(Long.MAX_VALUE), List.of(1), List.of(1L)));
    assertThat(run(read(file).model(), 2).toArray()).containsExactly(4, 5, 10, 11);
    OnnxFile samples = new OnnxFile(13).input("x", -1, 3).longs("first", 0);
    samples.node("Gather", "x", "first").integer("axis", 0);
    refused(samples.output(), "picks position 0 along axis 0");
  }
}
