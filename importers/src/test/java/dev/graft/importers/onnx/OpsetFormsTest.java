package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator means the same in every opset, however that opset writes it down. */
class OpsetFormsTest extends ReaderTest {

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10, 11, 12, 13, 18, 20})
  void clip_hasAttributesBefore11_andInputsSince(int opset) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 4);
    if (opset < 11) {
      file.node("Clip", "x").number("min", -0.5f).number("max", 6);
    } else {
      file.scalar("low", -0.5f).scalar("high", 6).node("Clip", "x", "low", "high");
    }
    assertThat(onlyOp(file)).isEqualTo(new Clip(-0.5, 6));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 11, 13, 20})
  void clipWithABoundLeftOut_isOpenOnThatSide(int opset) throws IOException {
    OnnxFile above = new OnnxFile(opset).input("x", -1, 4);
    OnnxFile free = new OnnxFile(opset).input("x", -1, 4);
    if (opset < 11) {
      above.node("Clip", "x").number("max", 6);
    } else {
      above.scalar("high", 6).node("Clip", "x", "", "high");
    }
    free.node("Clip", "x");
    assertThat(onlyOp(above)).isEqualTo(new Clip(Double.NEGATIVE_INFINITY, 6));
    assertThat(onlyOp(free))
        .isEqualTo(new Clip(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10, 11, 12, 13, 18, 20})
  void slice_hasAttributesBefore10_andInputsSince(int opset) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 4, 5);
    if (opset < 10) {
      file.node("Slice", "x")
          .integers("starts", 1, -4)
          .integers("ends", Long.MAX_VALUE, -1)
          .integers("axes", 1, 2);
    } else {
      file.longs("s", 1, -4).longs("e", Long.MAX_VALUE, -1).longs("a", 1, 2);
      file.node("Slice", "x", "s", "e", "a");
    }
    assertThat(onlyOp(file))
        .isEqualTo(
            new Slice(
                List.of(1L, -4L), List.of(Long.MAX_VALUE, -1L), List.of(1, 2), List.of(1L, 1L)));
  }

  @Test
  void sliceWithoutAxes_startsAtTheFirst_andStepsMayBeGivenAlone() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4);
    file.longs("s", 0, 3).longs("e", Long.MAX_VALUE, Long.MIN_VALUE).longs("steps", 1, -2);
    file.node("Slice", "x", "s", "e", "", "steps");
    Tensor y = run(read(file.output()).model(), 2);
    assertThat(y.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(y.toArray()).containsExactly(3, 1, 7, 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10, 11, 12, 13, 18, 20})
  void pad_hasAttributesBefore11_inputsSince_andAxesSince18(int opset) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 4, 5);
    if (opset < 11) {
      file.node("Pad", "x").integers("pads", 0, 1, 0, 0, 2, 0).number("value", 0.5f);
    } else {
      file.scalar("v", 0.5f);
      if (opset < 18) {
        file.longs("p", 0, 1, 0, 0, 2, 0).node("Pad", "x", "p", "v");
      } else {
        file.longs("p", 1, 2).longs("a", -2).node("Pad", "x", "p", "v", "a");
      }
    }
    assertThat(onlyOp(file)).isEqualTo(new Pad(List.of(0, 1, 0, 0, 2, 0), 0.5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reflect", "edge", "wrap"})
  void padThatRepeatsThePicture_isRead(String mode) throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).longs("p", 0, 1, 0, 1);
    file.node("Pad", "x", "p").text("mode", mode);
    assertThat(onlyOp(file))
        .isEqualTo(new Pad(List.of(0, 1, 0, 1), PadMode.valueOf(mode.toUpperCase(Locale.ROOT)), 0));
  }

  @Test
  void padOfAnUnknownMode_isRefusedByName() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).longs("p", 0, 1, 0, 1);
    file.node("Pad", "x", "p").text("mode", "mirror").called("frame");
    refused(file.output(), "frame (Pad, opset 13)", "mirror");
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10, 11, 12, 13, 18, 20})
  void axesOfSqueezeUnsqueezeAndReduceMean_areAttributesOrInputs(int opset) throws IOException {
    assertThat(overAxes("Squeeze", opset < 13, opset, 2)).isEqualTo(new Squeeze(List.of(2)));
    assertThat(overAxes("Unsqueeze", opset < 13, opset, 1)).isEqualTo(new Unsqueeze(List.of(1)));
    assertThat(overAxes("ReduceMean", opset < 18, opset, -1))
        .isEqualTo(new ReduceMean(List.of(-1), true));
  }

  private Op overAxes(String type, boolean attribute, int opset, long axis) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 4, 1);
    if (attribute) {
      file.node(type, "x").integers("axes", axis);
    } else {
      file.longs("axes", axis).node(type, "x", "axes");
    }
    return onlyOp(file);
  }

  @Test
  void reduceMeanWithoutAxes_isOverAll_unlessToldOtherwise() throws IOException {
    OnnxFile all = new OnnxFile(18).input("x", -1, 4);
    all.node("ReduceMean", "x").integer("keepdims", 0);
    assertThat(onlyOp(all)).isEqualTo(new ReduceMean(List.of(), false));
    OnnxFile none = new OnnxFile(18).input("x", -1, 4);
    none.node("ReduceMean", "x").integer("noop_with_empty_axes", 1);
    assertThat(run(read(none.output()).model(), 1).toArray()).containsExactly(0, 1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 11, 12})
  void softmaxBefore13_isOverAllAxesFromItsOwnOn(int opset) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 2, 3);
    file.node("Softmax", "x");
    Tensor y = run(read(file.output()).model(), 2);
    assertThat(y.shape()).isEqualTo(Shape.of(2, 2, 3));
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += Math.exp(i - 5);
    }
    for (int i = 0; i < 6; i++) {
      // Two float roundings of numbers below 1.
      assertThat((double) y.toArray()[i]).isCloseTo(Math.exp(i - 5) / sum, within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 18, 20})
  void softmaxSince13_isOverItsAxis_theLastByDefault(int opset) throws IOException {
    OnnxFile last = new OnnxFile(opset).input("x", -1, 2, 3);
    last.node("Softmax", "x");
    assertThat(onlyOp(last)).isEqualTo(new Softmax(-1));
    OnnxFile middle = new OnnxFile(opset).input("x", -1, 2, 3);
    middle.node("LogSoftmax", "x").integer("axis", 1);
    assertThat(onlyOp(middle)).isEqualTo(new LogSoftmax(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 11, 12})
  void softmaxBefore13OverTheLastAxis_isOneNode(int opset) throws IOException {
    OnnxFile matrix = new OnnxFile(opset).input("x", -1, 3);
    matrix.node("Softmax", "x");
    assertThat(onlyOp(matrix)).isEqualTo(new Softmax(1));
    OnnxFile negative = new OnnxFile(opset).input("x", -1, 2, 3);
    negative.node("Softmax", "x").integer("axis", -1);
    assertThat(((Softmax) onlyOp(negative)).axis()).isIn(-1, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 10, 11, 12, 13, 18, 20})
  void dropout_hasItsRatioAsAttributeBefore12_andAsInputSince(int opset) throws IOException {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 4);
    if (opset < 12) {
      file.node("Dropout", "x").number("ratio", 0.25f);
    } else {
      file.scalar("ratio", 0.25f).node("Dropout", "x", "ratio").secondOutput("mask");
    }
    assertThat(onlyOp(file)).isEqualTo(new Dropout(0.25, false));
  }

  @Test
  void dropoutExportedForTraining_isReadForInference() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).scalar("ratio", 0.25f);
    file.stored(
        TensorProto.newBuilder()
            .setName("on")
            .setDataType(TensorProto.DataType.BOOL.getNumber())
            .addInt32Data(1));
    file.node("Dropout", "x", "ratio", "on");
    assertThat(onlyOp(file)).isEqualTo(new Dropout(0.25, false));
  }

  @Test
  void constants_haveFiveForms() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    TensorProto.Builder half =
        TensorProto.newBuilder()
            .addDims(2)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addFloatData(0.5f)
            .addFloatData(-0.5f);
    file.named("tensor", "Constant").tensor("value", half);
    file.named("number", "Constant").number("value_float", 2);
    file.named("numbers", "Constant").numbers("value_floats", 10, 20);
    file.named("axis", "Constant").integers("value_ints", 1);
    file.named("a", "Mul", "x", "tensor");
    file.named("b", "Mul", "a", "number");
    file.named("c", "Add", "b", "numbers");
    file.node("Unsqueeze", "c", "axis");
    Tensor y = run(read(file.output()).model(), 2);
    assertThat(y.shape()).isEqualTo(Shape.of(2, 1, 2));
    assertThat(y.toArray()).containsExactly(10, 19, 12, 17);
    OnnxFile single = new OnnxFile(13).input("x", -1, 2, 3);
    single.named("shape", "Shape", "x");
    single.named("last", "Constant").integer("value_int", 2);
    single.named("size", "Gather", "shape", "last");
    single.named("minusOne", "Constant").integers("value_ints", -1);
    single.named("zero", "Constant").integers("value_ints", 0);
    single.named("sizes", "Unsqueeze", "size", "zero");
    single.named("target", "Concat", "minusOne", "sizes").integer("axis", 0);
    single.node("Reshape", "x", "target");
    assertThat(run(read(single.output()).model(), 2).shape()).isEqualTo(Shape.of(4, 3));
  }

  @Test
  void constantOfText_isRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.named("word", "Constant").text("value_string", "abc");
    file.node("Add", "x", "word");
    refused(file.output(), "word (Constant", "strings");
  }

  @Test
  void batchNormalizationOfTraining_isReadForInference() throws IOException {
    OnnxFile file = new OnnxFile(14).input("x", -1, 1, 2);
    for (String name : List.of("scale", "bias", "mean", "var")) {
      file.floats(name, new int[] {1}, 1);
    }
    file.node("BatchNormalization", "x", "scale", "bias", "mean", "var")
        .integer("training_mode", 1);
    assertThat(((BatchNormalization) onlyOp(file)).training()).isFalse();
  }
}
