package dev.graft.importers.onnx;

import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.SparseTensorProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import dev.graft.importers.onnx.tensor.TensorData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The stored tensors of a file, converted once however often the graph is built from them.
 *
 * @param names of all, read or not
 * @param floats those of numbers that are used
 * @param integers those of whole numbers that are used
 * @param types of those in the file
 * @param warnings what was lost
 * @param notes what was converted
 */
record Initializers(
    Set<String> names,
    Map<String, Tensor> floats,
    Map<String, WholeNumbers> integers,
    Map<String, Integer> types,
    List<String> warnings,
    List<String> notes) {

  /**
   * @param used names of the values that are read
   * @throws ImportException if one is damaged, of a type that is not supported, or there twice
   */
  static Initializers read(GraphProto graph, Set<String> used, ExternalData external) {
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      throw new ImportException(
          "tensor " + sparse.getValues().getName() + ": is sparse; export it as a dense one");
    }
    Set<String> names = new HashSet<>();
    Map<String, Tensor> floats = new LinkedHashMap<>();
    Map<String, WholeNumbers> integers = new LinkedHashMap<>();
    Map<String, Integer> types = new HashMap<>();
    List<String> warnings = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    TreeMap<String, Integer> converted = new TreeMap<>();
    TreeMap<String, Integer> quantised = new TreeMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = tensor.getName();
      if (name.isEmpty() || !names.add(name)) {
        throw new ImportException("two stored tensors are named '" + name + "'");
      }
      if (!used.contains(name)) {
        continue;
      }
      TensorData data = TensorData.of(tensor, external);
      if (!data.isFloat()) {
        integers.put(name, data.longs());
        types.put(name, tensor.getDataType());
        if (data.isQuantised()) {
          quantised.merge(String.valueOf(data.convertedFrom()), 1, Integer::sum);
        }
        continue;
      }
      floats.put(name, data.floats());
      if (data.overflows() > 0) {
        warnings.add(name + ": " + data.overflows() + " values beyond float32 became infinite");
      }
      String from = data.convertedFrom();
      if (from != null) {
        converted.merge(from, 1, Integer::sum);
      }
    }
    quantised.forEach(
        (type, count) ->
            warnings.add(
                count
                    + (count == 1 ? " weight" : " weights")
                    + " quantised to "
                    + type
                    + ", read as float32 with what that lost; the float32 model is better to train"));
    converted.forEach(
        (type, count) -> notes.add(count + " " + type + " tensors converted to float32"));
    return new Initializers(names, floats, integers, types, warnings, notes);
  }

  void addTo(GraphAssembler target) {
    floats.forEach(target::addStored);
    integers.forEach(target::addIntegers);
    types.forEach(target::setFileType);
    warnings.forEach(target::warn);
    notes.forEach(target::note);
  }
}
