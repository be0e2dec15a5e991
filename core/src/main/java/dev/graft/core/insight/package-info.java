/**
 * What data, features and networks are worth, told before an hour of training is spent on them and
 * after: probes on frozen features, scores of transferability, likeness of layers.
 */
@NullMarked
package dev.graft.core.insight;

import org.jspecify.annotations.NullMarked;
