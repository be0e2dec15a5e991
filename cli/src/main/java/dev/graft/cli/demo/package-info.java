/**
 * What {@code graft demo} runs on, and the demo itself: drawings of things and of animals, a small
 * network that was trained on the things, and what becomes of it when it meets the animals.
 */
@NullMarked
package dev.graft.cli.demo;

import org.jspecify.annotations.NullMarked;
