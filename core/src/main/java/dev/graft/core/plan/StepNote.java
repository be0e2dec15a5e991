package dev.graft.core.plan;

/**
 * What a step is, for people.
 *
 * @param layer name of the node it runs, the last of those that run as one; empty for what the plan
 *     itself wants
 * @param work the operation, or what is done
 * @param multiplyAdds of one pass; 0 for what is bound by memory
 */
record StepNote(String layer, String work, long multiplyAdds) {}
