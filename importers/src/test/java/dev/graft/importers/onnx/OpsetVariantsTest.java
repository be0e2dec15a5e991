package dev.graft.importers.onnx;

import static dev.graft.importers.onnx.OnnxFile.ints;
import static dev.graft.importers.onnx.OnnxFile.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Node;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.AveragePool;
import dev.graft.core.op.BatchNormalization;
import dev.graft.core.op.Clip;
import dev.graft.core.op.Conv;
import dev.graft.core.op.Dropout;
import dev.graft.core.op.Gemm;
import dev.graft.core.op.Identity;
import dev.graft.core.op.MaxPool;
import dev.graft.core.op.Op;
import dev.graft.core.op.Pad;
import dev.graft.core.op.ReduceMean;
import dev.graft.core.op.Slice;
import dev.graft.core.op.Softmax;
import dev.graft.core.op.Squeeze;
import dev.graft.core.op.Unsqueeze;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same operation as the different opsets write it. */
class OpsetVariantsTest {

  private static OnnxFile image(int opset) {
    return new OnnxFile(opset).input("x", -1, 2, 4, 4).output("y");
  }

  private static Op only(OnnxFile file) {
    List<Node> nodes = file.model().graph().nodes();
    assertThat(nodes).hasSize(1);
    return nodes.get(0).op();
  }

  @Test
  void clip_hasBoundsAsAttributesOrInputs() {
    assertThat(only(image(10).node("Clip", "x", "y", of("min", 0f), of("max", 6f))))
        .isEqualTo(new Clip(0, 6));
    assertThat(only(image(10).node("Clip", "x", "y", of("max", 1f))))
        .isEqualTo(new Clip(Double.NEGATIVE_INFINITY, 1));
    OnnxFile inputs = image(11).floats("low", List.of(), 0).floats("high", List.of(), 6);
    assertThat(only(inputs.node("Clip", "x,low,high", "y"))).isEqualTo(new Clip(0, 6));
    assertThat(only(image(13).floats("high", List.of(), 6).node("Clip", "x,,high", "y")))
        .isEqualTo(new Clip(Double.NEGATIVE_INFINITY, 6));
  }

  @Test
  void slice_hasPositionsAsAttributesOrInputs() {
    Slice expected = new Slice(List.of(1L), List.of(3L), List.of(2), List.of(1L));
    assertThat(
            only(
                image(9)
                    .node("Slice", "x", "y", ints("starts", 1), ints("ends", 3), ints("axes", 2))))
        .isEqualTo(expected);
    OnnxFile inputs = image(10).longs("s", 1).longs("e", 3).longs("a", 2);
    assertThat(only(inputs.node("Slice", "x,s,e,a", "y"))).isEqualTo(expected);
    OnnxFile backwards = image(13).longs("s", -1).longs("e", Long.MIN_VALUE).longs("a", 3);
    assertThat(only(backwards.longs("t", -1).node("Slice", "x,s,e,a,t", "y")))
        .isEqualTo(new Slice(List.of(-1L), List.of(Long.MIN_VALUE), List.of(3), List.of(-1L)));
  }

  @Test
  void pad_hasPadsAsAttributeOrInput_forAllAxesOrSome() {
    Pad expected = new Pad(List.of(0, 0, 1, 0, 0, 0, 2, 0), 0.5);
    long[] pads = {0, 0, 1, 0, 0, 0, 2, 0};
    assertThat(only(image(10).node("Pad", "x", "y", ints("pads", pads), of("value", 0.5f))))
        .isEqualTo(expected);
    OnnxFile inputs = image(11).longs("p", pads).floats("v", List.of(), 0.5f);
    assertThat(only(inputs.node("Pad", "x,p,v", "y"))).isEqualTo(expected);
    OnnxFile some = image(18).longs("p", 1, 2).floats("v", List.of(), 0.5f).longs("a", -2);
    assertThat(only(some.node("Pad", "x,p,v,a", "y"))).isEqualTo(expected);
    OnnxFile mirrored = image(13).longs("p", pads).node("Pad", "x,p", "y", of("mode", "reflect"));
    assertThatThrownBy(mirrored::read)
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("y_node (Pad, opset 13): mode reflect is not supported");
  }

  @Test
  void squeezeAndUnsqueeze_haveAxesAsAttributeOrInput() {
    OnnxFile old = new OnnxFile(12).input("x", -1, 1, 4).output("y");
    assertThat(only(old.node("Squeeze", "x", "y", ints("axes", 1))))
        .isEqualTo(new Squeeze(List.of(1)));
    OnnxFile recent = new OnnxFile(13).input("x", -1, 1, 4).output("y").longs("a", 1);
    assertThat(only(recent.node("Squeeze", "x,a", "y"))).isEqualTo(new Squeeze(List.of(1)));
    assertThat(only(image(12).node("Unsqueeze", "x", "y", ints("axes", 0, 5))))
        .isEqualTo(new Unsqueeze(List.of(0, 5)));
    assertThat(only(image(13).longs("a", 0, 5).node("Unsqueeze", "x,a", "y")))
        .isEqualTo(new Unsqueeze(List.of(0, 5)));
  }

  @Test
  void squeezeOfEverything_keepsABatchOfOne() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 4, 1).output("y").node("Squeeze", "x", "y");
    assertThat(only(file)).isEqualTo(new Squeeze(List.of(1, 3)));
    assertThat(file.run(1).shape()).isEqualTo(Shape.of(1, 4));
    OnnxFile nothing = new OnnxFile(13).input("x", -1, 4).output("y").node("Squeeze", "x", "y");
    assertThat(nothing.run(1).shape()).isEqualTo(Shape.of(1, 4));
  }

  @Test
  void reduceMean_hasAxesAsAttributeOrInput() {
    ReduceMean expected = new ReduceMean(List.of(2, 3), false);
    assertThat(only(image(17).node("ReduceMean", "x", "y", ints("axes", 2, 3), of("keepdims", 0L))))
        .isEqualTo(expected);
    OnnxFile inputs = image(18).longs("a", 2, 3);
    assertThat(only(inputs.node("ReduceMean", "x,a", "y", of("keepdims", 0L)))).isEqualTo(expected);
    assertThat(only(image(18).node("ReduceMean", "x", "y", of("noop_with_empty_axes", 1L))))
        .isEqualTo(new Identity());
    assertThat(only(image(18).node("ReduceMean", "x", "y")))
        .isEqualTo(new ReduceMean(List.of(), true));
  }

  @Test
  void softmax_countsTheAxesAsOneBeforeOpset13() {
    assertThat(only(image(13).node("Softmax", "x", "y"))).isEqualTo(new Softmax(-1));
    OnnxFile old = image(11).node("Softmax", "x", "y");
    assertThat(old.run(2).shape()).isEqualTo(Shape.of(2, 2, 4, 4));
    float sum = 0;
    for (float p : old.run(1).toArray()) {
      sum += p;
    }
    // 32 probabilities rounded to nearest sum to 1 within 32 half units in the last place.
    assertThat(sum).isBetween(1 - 32 * 0x1p-24f, 1 + 32 * 0x1p-24f);
    OnnxFile classes = new OnnxFile(11).input("x", -1, 5).output("y").node("Softmax", "x", "y");
    assertThat(only(classes)).isEqualTo(new Softmax(1));
  }

  @Test
  void dropout_hasItsRatioAsAttributeOrInput_andNoMask() {
    assertThat(only(image(11).node("Dropout", "x", "y,", of("ratio", 0.25f))))
        .isEqualTo(new Dropout(0.25, false));
    OnnxFile input = image(12).floats("r", List.of(), 0.25f);
    assertThat(only(input.node("Dropout", "x,r", "y,mask"))).isEqualTo(new Dropout(0.25, false));
    OnnxFile masked = image(12).node("Dropout", "x", "d,mask").node("Mul", "d,mask", "y");
    assertThatThrownBy(masked::read)
        .hasMessageContaining("y_node (Mul, opset 12)")
        .hasMessageContaining("mask, output 2 of Dropout d_node");
  }

  @Test
  void pooling_readsAllAttributes() {
    Window window =
        new Window(
            List.of(3, 2), List.of(2, 1), List.of(1, 1), List.of(1, 0, 1, 1), AutoPad.NOTSET, true);
    var attributes =
        List.of(
            ints("kernel_shape", 3, 2),
            ints("strides", 2, 1),
            ints("pads", 1, 0, 1, 1),
            of("ceil_mode", 1L));
    var array = attributes.toArray(new AttributeProto[0]);
    assertThat(only(image(12).node("MaxPool", "x", "y", array))).isEqualTo(new MaxPool(window));
    assertThat(only(image(19).node("AveragePool", "x", "y", array)))
        .isEqualTo(new AveragePool(window, false));
    OnnxFile same =
        image(7)
            .node(
                "AveragePool",
                "x",
                "y",
                ints("kernel_shape", 2, 2),
                of("auto_pad", "SAME_UPPER"),
                of("count_include_pad", 1L));
    assertThat(((AveragePool) only(same)).window().autoPad()).isEqualTo(AutoPad.SAME_UPPER);
    assertThat(((AveragePool) only(same)).countIncludePad()).isTrue();
    OnnxFile indices = image(12).node("MaxPool", "x", "m,where", array).node("Add", "m,where", "y");
    assertThatThrownBy(indices::read).hasMessageContaining("where, output 2 of MaxPool m_node");
  }

  @Test
  void batchNormalization_isReadForInference_withoutTrainingOutputs() {
    for (int opset : new int[] {7, 9, 14, 15}) {
      OnnxFile file = statistics(image(opset));
      file.node("BatchNormalization", "x,s,b,m,v", "y,a,c", of("epsilon", 0.01f));
      assertThat(only(file)).isEqualTo(new BatchNormalization(0.01f, 0.9f, false));
    }
    OnnxFile everywhere = statistics(image(7));
    everywhere.node("BatchNormalization", "x,s,b,m,v", "y", of("spatial", 0L));
    assertThatThrownBy(everywhere::read).hasMessageContaining("spatial = 0");
  }

  private static OnnxFile statistics(OnnxFile file) {
    for (String name : List.of("s", "b", "m", "v")) {
      file.floats(name, List.of(2L), 1, 1);
    }
    return file;
  }

  @Test
  void convAndGemm_readAllAttributes() {
    OnnxFile conv = image(11).floats("w", List.of(2L, 1L, 1L, 2L), 1, 2, 3, 4);
    conv.node(
        "Conv", "x,w,", "y", of("group", 2L), ints("dilations", 1, 2), of("auto_pad", "VALID"));
    Conv read = (Conv) only(conv);
    assertThat(read.groups()).isEqualTo(2);
    assertThat(read.window().dilations()).containsExactly(1, 2);
    assertThat(read.window().autoPad()).isEqualTo(AutoPad.VALID);
    OnnxFile gemm =
        new OnnxFile(11).input("x", -1, 3).output("y").floats("w", List.of(1L, 3L), 1, 2, 3);
    gemm.node("Gemm", "x,w", "y", of("alpha", 0.5f), of("transB", 1L));
    assertThat(only(gemm)).isEqualTo(new Gemm(0.5, 1, false, true));
  }
}
