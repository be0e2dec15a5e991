/** Makes the pictures and the small pretrained network that the project ships. */
@NullMarked
package dev.graft.tests.samples;

import org.jspecify.annotations.NullMarked;
