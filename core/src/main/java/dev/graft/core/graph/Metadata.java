package dev.graft.core.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of itself beyond its arithmetic.
 *
 * @param labels the classes in the order of the output; empty if unknown
 * @param preprocessing how a picture becomes its input; null if unknown
 * @param text how a text becomes its inputs; null if it takes none, or that is unknown
 * @param head name of the node the head starts with; null to derive it, see {@link Head}
 * @param frozen names of layers, and of single parameters, that stay as they are in training, as
 *     the file says; see {@link Model#frozen}
 * @param provenance free notes, such as who produced the file
 */
public record Metadata(
    List<String> labels,
    @Nullable Preprocessing preprocessing,
    @Nullable TextPreprocessing text,
    @Nullable String head,
    List<String> frozen,
    Map<String, String> provenance) {

  /** Nothing is known. */
  public static final Metadata NONE =
      new Metadata(List.of(), null, null, null, List.of(), Map.of());

  public Metadata {
    labels = List.copyOf(labels);
    frozen = List.copyOf(frozen);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
  }

  /** Of a model that leaves everything to be trained. */
  public Metadata(
      List<String> labels,
      @Nullable Preprocessing preprocessing,
      @Nullable String head,
      Map<String, String> provenance) {
    this(labels, preprocessing, null, head, List.of(), provenance);
  }

  /** Of a model that takes no text. */
  public Metadata(
      List<String> labels,
      @Nullable Preprocessing preprocessing,
      @Nullable String head,
      List<String> frozen,
      Map<String, String> provenance) {
    this(labels, preprocessing, null, head, frozen, provenance);
  }

  public Metadata withLabels(List<String> labels) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }

  public Metadata withPreprocessing(@Nullable Preprocessing preprocessing) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }

  public Metadata withText(@Nullable TextPreprocessing text) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }

  public Metadata withHead(@Nullable String head) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }

  public Metadata withFrozen(List<String> frozen) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }

  public Metadata withProvenance(Map<String, String> provenance) {
    return new Metadata(labels, preprocessing, text, head, frozen, provenance);
  }
}
