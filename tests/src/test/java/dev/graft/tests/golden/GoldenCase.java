package dev.graft.tests.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.safetensors.SafetensorsReader;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One case of the golden data that {@code tests/golden/ops.py} computed with PyTorch; the format
 * stands in {@code tests/golden/fixtures.py}.
 *
 * @param name what it tries
 * @param attributes the operation and its attributes, with ONNX's names
 * @param file the tensors of all cases of its family
 */
record GoldenCase(String name, JsonNode attributes, SafetensorsReader.Contents file) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** All cases of a file. */
  static List<GoldenCase> of(String family) {
    URL url = GoldenCase.class.getResource("/golden/" + family + ".safetensors");
    try {
      Path path = Path.of(Objects.requireNonNull(url, family).toURI());
      SafetensorsReader.Contents file = SafetensorsReader.read(path);
      List<GoldenCase> cases = new ArrayList<>();
      for (var note : file.notes().entrySet()) {
        cases.add(new GoldenCase(note.getKey(), JSON.readTree(note.getValue()), file));
      }
      return cases;
    } catch (URISyntaxException | JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  boolean has(String part) {
    return file.weights().contains(name + "/" + part);
  }

  Tensor tensor(String part) {
    return file.weights().get(name + "/" + part);
  }

  /** {@code prefix0, prefix1, …} as far as there are any. */
  List<Tensor> tensors(String prefix) {
    List<Tensor> tensors = new ArrayList<>();
    while (has(prefix + tensors.size())) {
      tensors.add(tensor(prefix + tensors.size()));
    }
    return tensors;
  }

  /** The inputs, null for one that is absent. */
  List<@Nullable Tensor> inputs() {
    List<Integer> absent = attributes.has("absent") ? integers("absent") : List.of();
    List<@Nullable Tensor> inputs = new ArrayList<>();
    while (has("input" + inputs.size()) || absent.contains(inputs.size())) {
      boolean isAbsent = absent.contains(inputs.size());
      inputs.add(isAbsent ? null : tensor("input" + inputs.size()));
    }
    return inputs;
  }

  double number(String attribute) {
    return attributes.required(attribute).asDouble();
  }

  int integer(String attribute) {
    return attributes.required(attribute).asInt();
  }

  boolean flag(String attribute) {
    return attributes.required(attribute).asBoolean();
  }

  String text(String attribute) {
    return attributes.required(attribute).asText();
  }

  List<Integer> integers(String attribute) {
    return longs(attribute).stream().map(Math::toIntExact).toList();
  }

  List<Double> numbers(String attribute) {
    List<Double> values = new ArrayList<>();
    attributes.required(attribute).forEach(v -> values.add(v.asDouble()));
    return values;
  }

  List<String> texts(String attribute) {
    List<String> values = new ArrayList<>();
    attributes.required(attribute).forEach(v -> values.add(v.asText()));
    return values;
  }

  List<Long> longs(String attribute) {
    List<Long> values = new ArrayList<>();
    attributes.required(attribute).forEach(v -> values.add(v.asLong()));
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
