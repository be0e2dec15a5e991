package dev.graft.importers.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.Pooling;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the files of sentence-transformers beside a model say: {@code modules.json} lists the steps,
 * {@code 1_Pooling/config.json} the pooling, {@code sentence_bert_config.json} the longest text,
 * {@code config_sentence_transformers.json} the prompts.
 */
final class SentenceTransformersFolder {

  private static final int LONGEST = 1 << 20;
  private static final int USUAL_LENGTH = 512;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** By their fields in the file of the pooling. */
  private static final Map<String, Pooling> POOLINGS =
      Map.of(
          "pooling_mode_mean_tokens", Pooling.MEAN,
          "pooling_mode_cls_token", Pooling.FIRST,
          "pooling_mode_max_tokens", Pooling.MAX);

  private static final Set<String> STEPS = Set.of("Transformer", "Pooling", "Normalize");

  private final Path folder;
  private final List<String> notes;

  /**
   * @param notes takes what is assumed
   */
  SentenceTransformersFolder(Path folder, List<String> notes) {
    this.folder = folder;
    this.notes = notes;
  }

  EncoderSettings settings(Tokenizer tokenizer) {
    JsonNode modules = read("modules.json");
    boolean normalized = modules == null;
    String pooling = "1_Pooling";
    if (modules == null) {
      notes.add("no modules.json beside the model: vectors are means of tokens, of length 1");
    } else {
      for (JsonNode module : modules) {
        String type = module.path("type").asText();
        String step = type.substring(type.lastIndexOf('.') + 1);
        if (!STEPS.contains(step)) {
          throw new ImportException(
              folder.resolve("modules.json") + ": the step " + type + " is not supported");
        }
        normalized |= step.equals("Normalize");
        pooling = step.equals("Pooling") ? module.path("path").asText(pooling) : pooling;
      }
    }
    Map<String, String> prompts = new LinkedHashMap<>();
    String prompt = prompts(prompts);
    return new EncoderSettings(
        modules == null ? Pooling.MEAN : pooling(pooling),
        normalized,
        length(tokenizer),
        prompts,
        prompt);
  }

  private Pooling pooling(String step) {
    if (step.contains("..") || Path.of(step).isAbsolute()) {
      throw new ImportException(
          folder.resolve("modules.json") + ": the step's path " + step + " leaves the folder");
    }
    String name = step + "/config.json";
    JsonNode json = read(name);
    if (json == null) {
      notes.add("no " + name + " beside the model: the mean of the tokens is taken");
      return Pooling.MEAN;
    }
    Pooling found = null;
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().startsWith("pooling_mode_") && field.getValue().asBoolean()) {
        Pooling one = POOLINGS.get(field.getKey());
        if (one == null || found != null) {
          throw new ImportException(
              folder.resolve(name)
                  + ": expected one of "
                  + POOLINGS.keySet()
                  + ", found "
                  + (found == null ? "" : "another and ")
                  + field.getKey());
        }
        found = one;
      }
    }
    if (found == null) {
      throw new ImportException(
          folder.resolve(name) + ": expected one of " + POOLINGS.keySet() + ", found none");
    }
    return found;
  }

  private int length(Tokenizer tokenizer) {
    JsonNode json = read("sentence_bert_config.json");
    JsonNode said = json == null ? null : json.get("max_seq_length");
    if (said != null && said.isInt() && said.intValue() > 0) {
      return said.intValue();
    }
    if (tokenizer.maxLength() != Integer.MAX_VALUE) {
      return 0;
    }
    notes.add(
        "no sentence_bert_config.json beside the model, and the tokenizer has no bound: texts are"
            + " cut behind "
            + USUAL_LENGTH
            + " tokens");
    return USUAL_LENGTH;
  }

  /** Takes the prompts; returns the name of the one that always comes first, if there is one. */
  private @Nullable String prompts(Map<String, String> prompts) {
    JsonNode json = read("config_sentence_transformers.json");
    if (json == null) {
      return null;
    }
    json.path("prompts")
        .properties()
        .forEach(prompt -> prompts.put(prompt.getKey(), prompt.getValue().asText()));
    String name = json.path("default_prompt_name").asText("");
    return prompts.containsKey(name) ? name : null;
  }

  private @Nullable JsonNode read(String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(LONGEST + 1);
      if (content.length > LONGEST) {
        throw new ImportException(file + ": is longer than " + LONGEST + " bytes");
      }
      return MAPPER.readTree(content);
    } catch (JsonProcessingException e) {
      throw new ImportException(file + ": is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }
}
