package dev.graft.importers;

import dev.graft.core.graph.Model;

/**
 * A model and how it came about.
 *
 * @param model ready to run
 * @param report what was mapped and what was ignored
 */
public record ImportedModel(Model model, ImportReport report) {}
