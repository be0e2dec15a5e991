package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small files that ask for much get an answer soon, and in little memory. */
@Timeout(60)
class BoundsTest extends ReaderTest {

  /** Folding is bounded at 2^24 elements, which pass through a few copies. */
  private static final long MOST_BYTES = 1L << 30;

  private long before;

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @BeforeEach
  void remember() {
    before = allocated();
  }

  @AfterEach
  void compare() {
    assertThat(allocated() - before).isLessThan(MOST_BYTES);
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
    refused(squared.output(), "out of range");
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
