package dev.graft.tests.onnx;

import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Small models of every operator, each changed in a few places: files that are sound protocol
 * buffers and say anything. The same seed and number give the same file.
 */
final class ChangedModels {

  /** Those at which sizes, axes and data types turn into something else. */
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    11,
    13,
    16,
    77,
    1000,
    1 << 16,
    1 << 20,
    1 << 30,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 40,
    Long.MAX_VALUE,
    -1,
    -2,
    -3,
    -7,
    Integer.MIN_VALUE,
    Long.MIN_VALUE
  };

  private static final float[] FLOATS = {
    0, 1, -1, 0.5f, 1e-30f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private static final List<byte[]> OPERATORS =
      OnnxOperators.all().stream().map(OnnxOperator::name).map(ChangedModels::bytes).toList();

  private static final int LONGEST_NAME = 64;

  private final List<WireMessage> models = new ArrayList<>();
  private final long seed;

  /**
   * @param folder to write models to
   */
  ChangedModels(Path folder, long seed) throws IOException {
    this.seed = seed;
    Path file = folder.resolve("model.onnx");
    for (OperatorVariants.Variant variant : OperatorVariants.all().toList()) {
      ModelWriter.write(variant.model(), file);
      models.add(WireMessage.parse(Files.readAllBytes(file)));
    }
    // As exporters leave them, with arithmetic on shapes.
    int count = models.size();
    for (String sample : List.of("pytorch", "keras")) {
      byte[] bytes = Files.readAllBytes(Path.of("tests/samples/" + sample + ".onnx"));
      for (int i = 0; i < count / 8; i++) {
        models.add(WireMessage.parse(bytes));
      }
    }
  }

  /** The file of this number. */
  byte[] file(long number) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + number);
    WireMessage model = models.get((int) (number % models.size())).copy();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      change(model, random);
    }
    return model.toBytes();
  }

  /** A field and the message it stands in. */
  private record Place(WireMessage parent, WireMessage.Field field) {}

  private static void collect(WireMessage message, List<Place> places) {
    for (WireMessage.Field field : message.fields) {
      places.add(new Place(message, field));
      if (field.value instanceof WireMessage inner) {
        collect(inner, places);
      }
    }
  }

  private static void change(WireMessage model, Random random) {
    List<Place> places = new ArrayList<>();
    collect(model, places);
    if (places.isEmpty()) {
      return;
    }
    Place place = places.get(random.nextInt(places.size()));
    WireMessage.Field field = place.field();
    int kind = random.nextInt(12);
    if (kind == 0) {
      place.parent().fields.remove(field);
    } else if (kind == 1) {
      place.parent().fields.add(field.copy());
    } else if (kind == 2) {
      exchange(field, places, random);
    } else if (field.value instanceof WireMessage message) {
      // A field that it lacks, or another value for one that it has: a list, or the last counts.
      message.fields.add(new WireMessage.Field(1 + random.nextInt(9), number(random)));
    } else if (field.value instanceof byte[] bytes) {
      field.value = kind < 9 ? otherName(bytes, places, random) : damaged(bytes, random);
    } else if (field.value instanceof Long number) {
      field.value = kind < 6 ? number + random.nextInt(5) - 2 : number(random);
    } else if (field.value instanceof Integer) {
      field.value = Float.floatToIntBits(FLOATS[random.nextInt(FLOATS.length)]);
    }
  }

  /** With another of its number, such as two nodes, two inputs or two tensors' data. */
  private static void exchange(WireMessage.Field field, List<Place> places, Random random) {
    List<WireMessage.Field> others =
        places.stream()
            .map(Place::field)
            .filter(other -> other.number == field.number)
            .filter(other -> other.value.getClass() == field.value.getClass())
            .toList();
    WireMessage.Field other = others.get(random.nextInt(others.size()));
    Object value = field.copy().value;
    field.value = other.copy().value;
    other.value = value;
  }

  /** Of a value, a node, an attribute of the same model, or of an operator. */
  private static byte[] otherName(byte[] bytes, List<Place> places, Random random) {
    if (bytes.length > LONGEST_NAME) {
      return damaged(bytes, random);
    }
    List<byte[]> names = new ArrayList<>(List.of(bytes("")));
    for (Place place : places) {
      if (place.field().value instanceof byte[] name && name.length <= LONGEST_NAME) {
        names.add(name);
      }
    }
    boolean isOperator = OPERATORS.stream().anyMatch(name -> Arrays.equals(name, bytes));
    List<byte[]> from = isOperator ? OPERATORS : names;
    return from.get(random.nextInt(from.size()));
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = Arrays.copyOf(bytes, Math.max(0, bytes.length + random.nextInt(9) - 4));
    if (damaged.length >= Long.BYTES && random.nextBoolean()) {
      int at = random.nextInt(damaged.length / Long.BYTES) * Long.BYTES;
      ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putLong(at, number(random));
    } else if (damaged.length > 0) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    return damaged;
  }

  private static long number(Random random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
