package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that ask for much get an answer soon, and in little memory. */
@Timeout(60)
class BoundsTest extends ReaderTest {

  /** What a file may take beyond four times its size. */
  private static final long MOST_BYTES = 64L << 20;

  private long allowed;

  private long before;

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @BeforeEach
  void remember() {
    before = allocated();
    allowed = MOST_BYTES;
  }

  @AfterEach
  void compare() {
    assertThat(allocated() - before).isLessThan(allowed);
  }

  private static OnnxFile zeros(int side) {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).longs("sizes", side, side);
    file.named("c0", "ConstantOfShape", "sizes");
    return file;
  }

  /** Adds the mean of the last value to the input. */
  private int nodes(OnnxFile file, String last) throws IOException {
    file.named("mean", "ReduceMean", last).integer("keepdims", 0);
    file.node("Add", "x", "mean");
    return read(file.output()).model().graph().nodes().size();
  }

  @Test
  void productsOfLargeConstants_stayNodes() throws IOException {
    OnnxFile file = zeros(1 << 11);
    for (int i = 1; i < 100; i++) {
      file.named("c" + i, "MatMul", "c" + (i - 1), "c" + (i - 1));
    }
    assertThat(nodes(file, "c99")).isEqualTo(101);
  }

  @Test
  void constantsTurnedAgainAndAgain_stayNodesInTheEnd() throws IOException {
    OnnxFile file = zeros(1 << 11);
    for (int i = 1; i < 2000; i++) {
      file.named("c" + i, "Transpose", "c" + (i - 1));
    }
    assertThat(nodes(file, "c1999")).isGreaterThan(1900);
  }

  @Test
  void slidingWindowsOverConstants_stayNodes() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).longs("sizes", 1, 1, 1024, 1024);
    file.named("c0", "ConstantOfShape", "sizes");
    file.named("c1", "AveragePool", "c0")
        .integers("kernel_shape", 1023, 1023)
        .integers("pads", 511, 511, 511, 511);
    assertThat(nodes(file, "c1")).isEqualTo(3);
  }

  /** A megabyte that is passed on a thousand times is a megabyte still, or is refused. */
  @ParameterizedTest
  @ValueSource(strings = {"Identity", "Cast", "Floor", "Ceil", "Reshape", "Transpose", "Dropout"})
  void constantsPassedOn_takeNoMoreThanTheFile(String type) throws IOException {
    int side = 1 << 9;
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).longs("sizes", side, side);
    file.floats("c0", new int[] {side, side}, new float[side * side]);
    for (int i = 1; i < 1000; i++) {
      if (type.equals("Reshape")) {
        file.named("c" + i, type, "c" + (i - 1), "sizes");
      } else {
        OnnxFile.OnnxNode node = file.named("c" + i, type, "c" + (i - 1));
        if (type.equals("Cast")) {
          node.integer("to", 10);
        }
      }
    }
    file.named("mean", "ReduceMean", "c999").integer("keepdims", 0);
    file.node("Add", "x", "mean");
    byte[] bytes = file.output().proto().toByteArray();
    allowed += allocated() - before + 4L * bytes.length;
    boundedBytes(bytes);
  }

  /** Whole numbers take nine bytes each, of one byte in the file. */
  @Test
  void flagsCastToAndFro_areBounded() throws IOException {
    int count = 1 << 20;
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.raw("c0", TensorProto.DataType.BOOL, count, new byte[count]);
    for (int i = 1; i < 1000; i++) {
      file.named("c" + i, "Cast", "c" + (i - 1)).integer("to", i % 2 == 0 ? 9 : 1);
    }
    file.named("mean", "ReduceMean", "c999").integer("keepdims", 0);
    file.node("Add", "x", "mean");
    byte[] bytes = file.output().proto().toByteArray();
    allowed += allocated() - before + 4L * bytes.length;
    boundedBytes(bytes);
  }

  private static void boundedBytes(byte... bytes) {
    try {
      ModelReader.read(new ByteArrayInputStream(bytes));
    } catch (ImportException e) {
      assertThat(e).hasMessageContaining("at import");
    }
  }

  /** Different parts of one file: it counts once. */
  @Test
  void overlappingPartsOfAFile_takeFourTimesTheFile() throws IOException {
    int size = 1 << 22;
    Files.write(folder.resolve("blob.bin"), new byte[size]);
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    String[] all = new String[200];
    for (int i = 0; i < all.length; i++) {
      all[i] = "w" + i;
      TensorProto.Builder tensor =
          TensorProto.newBuilder()
              .setName(all[i])
              .addDims(size / 4 - i)
              .setDataType(TensorProto.DataType.FLOAT_VALUE)
              .setDataLocation(TensorProto.DataLocation.EXTERNAL);
      tensor.addExternalDataBuilder().setKey("location").setValue("blob.bin");
      tensor.addExternalDataBuilder().setKey("offset").setValue(Integer.toString(4 * i));
      file.stored(tensor);
    }
    file.named("all", "Concat", all).integer("axis", 0);
    file.named("mean", "ReduceMean", "all").integer("keepdims", 0);
    file.node("Add", "x", "mean");
    allowed += allocated() - before + 4L * size;
    refused(file.output(), "more than four times their files");
  }

  /** Kilobytes that stand for a network of equal weights. */
  @Test
  void constantsOfShapes_areMadeWhereThereIsMemory() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4096).longs("sizes", 4096, 4096);
    file.named("w", "ConstantOfShape", "sizes");
    file.node("MatMul", "x", "w");
    allowed += 4L * 4096 * 4096;
    assertThat(read(file.output()).model().graph().stored()).containsKey("w");
    assumeTrue(Runtime.getRuntime().maxMemory() < 8L << 30);
    OnnxFile large = new OnnxFile(13).input("x", -1, 46_000).longs("sizes", 46_000, 46_000);
    large.named("w", "ConstantOfShape", "sizes");
    large.node("MatMul", "x", "w");
    refused(large.output(), "w (ConstantOfShape", "8071 MiB", "-Xmx");
  }

  @Test
  void wholeNumbersWithoutEnd_areRefused() {
    OnnxFile doubled = new OnnxFile(13).input("x", -1, 2).longs("n0", 1);
    OnnxFile squared = new OnnxFile(13).input("x", -1, 2).longs("n0", 3);
    for (int i = 1; i < 64; i++) {
      doubled.named("n" + i, "Concat", "n" + (i - 1), "n" + (i - 1)).integer("axis", 0);
      squared.named("n" + i, "Mul", "n" + (i - 1), "n" + (i - 1));
    }
    doubled.node("Reshape", "x", "n63");
    refused(doubled.output(), "too many whole numbers");
    squared.node("Reshape", "x", "n63");
    refused(squared.output(), "beyond 2^63");
  }

  private static void refusedBytes(String part, byte... bytes) {
    assertThatThrownBy(() -> ModelReader.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(ImportException.class)
        .message()
        .startsWith("stream: ")
        .doesNotContain("\n")
        .contains(part);
  }

  @Test
  void lengthsOfGigabytes_areNotBelieved() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    // graph { initializer { raw_data
    for (int field : new int[] {7, 5, 9}) {
      out.writeTag(field, 2);
      out.writeUInt32NoTag(Integer.MAX_VALUE - 100 * field);
    }
    out.writeStringNoTag("and then nothing");
    out.flush();
    refusedBytes("truncated", bytes.toByteArray());
  }

  /** Groups within groups, which the parser skips by recursion. */
  @Test
  void deepNesting_isOneLine() {
    byte[] groups = new byte[1 << 20];
    for (int i = 0; i < groups.length; i += 2) {
      groups[i] = (byte) 0xA3;
      groups[i + 1] = 0x06;
    }
    refusedBytes("damaged", groups);
  }
}
