package dev.graft.importers.onnx;

import static dev.graft.importers.onnx.OnnxFile.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import dev.graft.core.graph.Model;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the bytes, reading ends in a model or in one line, soon and in little memory. */
@Timeout(60)
class HostileFilesTest {

  /** What a small file may allocate: folding is bounded at 2^24 elements, copied a few times. */
  private static final long MOST_BYTES = 1L << 30;

  @TempDir private Path folder;

  private byte[] small() throws IOException {
    Path file = folder.resolve("small.onnx");
    OnnxWriter.write(EveryOperator.model(), file);
    return Files.readAllBytes(file);
  }

  /** The message, or "" where it is a model after all. */
  private static String read(byte[] bytes, String what) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    String message = "";
    try {
      Model model = ModelReader.read(new ByteArrayInputStream(bytes));
      assertThat(model.graph().outputs()).isNotNull();
    } catch (ImportException e) {
      message = e.getMessage();
      assertThat(message).as(what).startsWith("stream: ").doesNotContain("\n", "is too large for");
    } catch (RuntimeException | StackOverflowError e) {
      fail(what, e);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(MOST_BYTES);
    return message;
  }

  @Test
  void truncationAtAnyLength_isOneLine() throws IOException {
    byte[] whole = small();
    for (int length = 0; length < whole.length; length += length < 600 ? 1 : 7) {
      read(Arrays.copyOf(whole, length), "cut at " + length);
    }
  }

  @Test
  void flippedBytes_areOneLineOrAModel() throws IOException {
    byte[] whole = small();
    long seed = 20240607;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      read(damaged, "seed " + seed + ", file " + i);
    }
  }

  @Test
  void noise_isOneLine() {
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      assertThat(read(noise, "noise " + i)).isNotEmpty();
    }
  }

  @Test
  void lengthsOfGigabytes_areNotBelieved() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(7, 2);
    out.writeUInt32NoTag(Integer.MAX_VALUE - 10);
    out.writeTag(5, 2);
    out.writeUInt32NoTag(Integer.MAX_VALUE - 100);
    out.writeTag(9, 2);
    out.writeUInt32NoTag(Integer.MAX_VALUE - 200);
    out.writeStringNoTag("and then nothing");
    out.flush();
    assertThat(read(bytes.toByteArray(), "lengths")).contains("truncated");
  }

  /** Groups within groups, which a parser skips by recursion. */
  @Test
  void deepNesting_isOneLine() {
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) (100 << 3 | 3));
    for (int i = 0; i < groups.length; i += 2) {
      groups[i] = (byte) 0xA3;
      groups[i + 1] = 0x06;
    }
    assertThat(read(groups, "groups")).contains("damaged");
  }

  private static OnnxFile vector() {
    return new OnnxFile(13).input("x", -1, 2).output("y");
  }

  @Test
  void smallFilesThatAskForMuch_areRefusedOrLeftAsNodes() {
    OnnxFile huge = vector().longs("s", 1 << 15, 1 << 15).node("ConstantOfShape", "s", "c");
    assertThat(read(huge.node("ReduceMean", "c", "m").node("Add", "x,m", "y").bytes(), "huge"))
        .contains("too large a constant");
    OnnxFile many = vector().longs("s", 1 << 12, 1 << 12).node("ConstantOfShape", "s", "c0");
    for (int i = 1; i < 200; i++) {
      many.node("MatMul", "c" + (i - 1) + ",c" + (i - 1), "c" + i);
    }
    many.node("ReduceMean", "c199", "m").node("Add", "x,m", "y");
    assertThat(read(many.bytes(), "products")).isEmpty();
    OnnxFile turns = vector().longs("s", 1 << 11, 1 << 11).node("ConstantOfShape", "s", "c0");
    for (int i = 1; i < 2000; i++) {
      turns.node("Transpose", "c" + (i - 1), "c" + i);
    }
    turns.node("ReduceMean", "c1999", "m").node("Add", "x,m", "y");
    assertThat(read(turns.bytes(), "turns")).isEmpty();
    OnnxFile doubling = vector().longs("n0", 1);
    for (int i = 1; i < 64; i++) {
      doubling.node("Concat", "n" + (i - 1) + ",n" + (i - 1), "n" + i, of("axis", 0L));
    }
    doubling.node("Reshape", "x,n63", "y");
    assertThat(read(doubling.bytes(), "doubling")).contains("too many whole numbers");
    OnnxFile products = vector().longs("n0", 3);
    for (int i = 1; i < 64; i++) {
      products.node("Mul", "n" + (i - 1) + ",n" + (i - 1), "n" + i);
    }
    assertThat(read(products.node("Reshape", "x,n63", "y").bytes(), "overflow"))
        .contains("out of range");
  }

  @Test
  void manyNodesOfOneName_takeNoSquareOfTheTime() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).output("v30000");
    file.node("Identity", "x", "v0");
    for (int i = 1; i <= 30_000; i++) {
      file.node("n", "Relu", "v" + (i - 1), "v" + i);
    }
    assertThat(read(file.bytes(), "names")).isEmpty();
  }

  @Test
  void namesWithLineBreaks_stayOneLine() {
    String name =
        "a\nb\r\u2028c" + IntStream.range(0, 9999).mapToObj(i -> "z").collect(Collectors.joining());
    OnnxFile file = vector().node(name, "Fancy", "x", "y");
    assertThat(read(file.bytes(), "names")).hasSizeLessThan(3000).contains("a b");
  }

  @Test
  void attributesOfTheWrongType_areOneLine() {
    for (String type : new String[] {"Conv", "MaxPool", "Transpose", "Slice", "Concat", "Gather"}) {
      for (String attribute : new String[] {"kernel_shape", "perm", "axis", "pads", "group"}) {
        OnnxFile file = vector().floats("w", List.of(1L, 1L, 1L), 1);
        file.node(type, "x,w", "y", of(attribute, Long.MIN_VALUE));
        read(file.bytes(), type + " " + attribute);
      }
    }
    OnnxFile invalid = vector();
    invalid.graph.addNodeBuilder().setNameBytes(ByteString.copyFrom(new byte[] {-1, -2}));
    assertThat(read(invalid.bytes(), "invalid UTF-8")).isNotEmpty();
  }
}
