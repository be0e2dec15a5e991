/**
 * Pictures as data: folders and files that hold them, decoding, resampling, augmentation, and the
 * tensors that networks take.
 */
@NullMarked
package dev.graft.core.data.picture;

import org.jspecify.annotations.NullMarked;
