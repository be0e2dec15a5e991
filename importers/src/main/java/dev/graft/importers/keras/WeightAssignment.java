package dev.graft.importers.keras;

import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.container.WeightStore;
import dev.graft.importers.keras.layer.LayerWeights;
import dev.graft.importers.keras.layer.Mismatches;
import dev.graft.importers.keras.layer.WeightSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which array of a file is which weight of which layer. What does not fit is gathered, and told
 * together.
 */
final class WeightAssignment {

  private final ModelTree tree;
  private final Map<LayerConfig, LayerWeights> byLayer = new IdentityHashMap<>();
  private final Set<String> frozen = new LinkedHashSet<>();
  private final Mismatches mismatches;

  /**
   * @param mismatches takes what does not fit
   */
  WeightAssignment(ModelTree tree, WeightStore store, Mismatches mismatches) {
    this.tree = tree;
    this.mismatches = mismatches;
    if (store instanceof WeightStore.ByName names) {
      tree.root().layers().forEach(layer -> assign(layer, names));
    } else if (store instanceof WeightStore.ByPath paths) {
      assign(tree.root(), "", "", tree.root().layer().trainable(), paths);
    } else if (store instanceof WeightStore.ByWeight weights) {
      assign(weights.all());
    }
  }

  /** The weights of a layer that is no model; null for a function that has none. */
  @Nullable LayerWeights of(LayerConfig layer) {
    return byLayer.get(layer);
  }

  /** Layers that are not trained, as they say, and weights that Keras has not. */
  List<String> frozen() {
    return List.copyOf(frozen);
  }

  private void put(ModelTree.Leaf leaf, Map<String, StoredArray> arrays) {
    byLayer.put(
        leaf.config(),
        new LayerWeights(
            leaf.config().toString(),
            leaf.path(),
            arrays,
            leaf.trainable(),
            frozen,
            leaf.slots().stream().allMatch(slot -> arrays.containsKey(slot.path())),
            mismatches));
  }

  /** One list a layer, in which a model's trained weights stand before all others. */
  private void assign(LayerConfig layer, WeightStore.ByName store) {
    List<ModelTree.Leaf> leaves = tree.leaves(layer);
    List<String> expected = new ArrayList<>();
    List<Runnable> takes = new ArrayList<>();
    List<StoredArray> arrays = new ArrayList<>();
    Map<ModelTree.Leaf, Map<String, StoredArray>> assigned = new IdentityHashMap<>();
    leaves.forEach(leaf -> assigned.put(leaf, new LinkedHashMap<>()));
    for (boolean trained : new boolean[] {true, false}) {
      for (ModelTree.Leaf leaf : leaves) {
        for (WeightSlot slot : leaf.slots()) {
          if ((slot.trainable() && leaf.trainable()) == trained) {
            int at = expected.size();
            expected.add(leaf.path() + "/" + slot.path());
            takes.add(() -> assigned.get(leaf).put(slot.path(), arrays.get(at)));
          }
        }
      }
    }
    List<StoredArray> found = expected.isEmpty() ? List.of() : store.ofLayer(layer.name());
    if (found == null) {
      mismatches.add(layer + ": the file holds no weights of it");
    } else if (!expected.isEmpty() && found.size() != expected.size()) {
      mismatches.add(counts(layer, expected, found));
    } else if (!expected.isEmpty()) {
      arrays.addAll(found);
      takes.forEach(Runnable::run);
    }
    leaves.forEach(leaf -> put(leaf, assigned.get(leaf)));
  }

  /** One list for all, in which the names of weights say whose they are. */
  private void assign(List<StoredArray> all) {
    List<ModelTree.Leaf> leaves = tree.leaves();
    NamedWeights named =
        new NamedWeights(
            all, leaves.stream().filter(leaf -> !leaf.slots().isEmpty()).toList(), mismatches);
    for (ModelTree.Leaf leaf : leaves) {
      List<String> slots = leaf.slots().stream().map(WeightSlot::path).toList();
      Map<String, StoredArray> assigned = new LinkedHashMap<>();
      List<StoredArray> found = slots.isEmpty() ? List.of() : named.of(leaf);
      if (found.size() == slots.size()) {
        for (int i = 0; i < slots.size(); i++) {
          assigned.put(slots.get(i), found.get(i));
        }
      } else {
        mismatches.add(counts(leaf.config(), slots, found));
      }
      put(leaf, assigned);
    }
  }

  private static String counts(LayerConfig layer, List<String> expected, List<StoredArray> found) {
    return layer
        + ": its config wants "
        + expected.size()
        + " weights ("
        + some(expected)
        + "), the file holds "
        + found.size()
        + " ("
        + some(found.stream().map(StoredArray::name).toList())
        + ")";
  }

  private static String some(List<String> names) {
    return String.join(", ", names.stream().limit(8).toList()) + (names.size() > 8 ? ", …" : "");
  }

  /** Folders by class and order; older ones lie under another name. */
  private void assign(
      ModelConfig model,
      String folder,
      String prefix,
      boolean trainable,
      WeightStore.ByPath store) {
    String layers = folder + "layers";
    if (!store.has(layers)) {
      layers = folder + "_layer_checkpoint_dependencies";
    }
    Map<String, Integer> used = new HashMap<>();
    for (LayerConfig layer : model.layers()) {
      if (layer.isOperation()) {
        continue;
      }
      boolean trained = trainable && layer.trainable();
      String name = snakeCase(layer.className());
      int before = used.merge(name, 1, Integer::sum) - 1;
      String own = layers + "/" + (before == 0 ? name : name + "_" + before);
      ModelConfig nested = tree.model(layer);
      if (nested != null) {
        assign(nested, own + "/", prefix + layer.name() + "/", trained, store);
      } else {
        put(new ModelTree.Leaf(layer, prefix + layer.name(), trained), own, store);
      }
    }
  }

  private void put(ModelTree.Leaf leaf, String folder, WeightStore.ByPath store) {
    Map<String, List<WeightSlot>> byFolder = new LinkedHashMap<>();
    for (WeightSlot slot : leaf.slots()) {
      byFolder.computeIfAbsent(slot.folder(), k -> new ArrayList<>()).add(slot);
    }
    Map<String, StoredArray> assigned = new LinkedHashMap<>();
    byFolder.forEach(
        (below, slots) -> {
          List<StoredArray> found = store.at(below.isEmpty() ? folder : folder + "/" + below);
          if (found.size() < slots.size()) {
            mismatches.add(
                leaf.config()
                    + ": its config wants "
                    + some(slots.stream().map(WeightSlot::path).toList())
                    + ", the file holds "
                    + found.size()
                    + " under "
                    + folder);
          }
          for (int i = 0; i < Math.min(found.size(), slots.size()); i++) {
            assigned.put(slots.get(i).path(), found.get(i));
          }
        });
    put(leaf, assigned);
  }

  /** {@code Conv2DTranspose} to {@code conv2d_transpose}, as Keras does it. */
  static String snakeCase(String className) {
    // Older configs call a functional model by its first name.
    String name = className.equals("Model") ? "Functional" : className;
    return name.replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
