package dev.graft.importers.text;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.TextEncoder;
import dev.graft.core.text.Tokenizer;
import java.util.List;

/**
 * A text encoder as its folder has it.
 *
 * @param model the network
 * @param tokenizer that came with it
 * @param settings how vectors of tokens become one of a text
 * @param notes what the folder does not say and was assumed, a line each
 */
public record ImportedEncoder(
    Model model, Tokenizer tokenizer, EncoderSettings settings, List<String> notes) {

  public ImportedEncoder {
    notes = List.copyOf(notes);
  }

  /** With other settings than those of the folder. */
  public ImportedEncoder with(EncoderSettings settings) {
    return new ImportedEncoder(model, tokenizer, settings, notes);
  }

  /** {@link TextEncoder#of(Model, Tokenizer, EncoderSettings)} of these. */
  public TextEncoder open() {
    return TextEncoder.of(model, tokenizer, settings);
  }

  /** The same on a backend, which stays the caller's to close. */
  public TextEncoder open(Backend backend) {
    return TextEncoder.of(model, tokenizer, settings, backend);
  }
}
