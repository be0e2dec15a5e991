/** Texts with classes, and what a network is fed of them. */
@NullMarked
package dev.graft.core.data.text;

import org.jspecify.annotations.NullMarked;
