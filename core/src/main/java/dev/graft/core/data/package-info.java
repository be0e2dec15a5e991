/** From files to batches: folders of pictures, IDX files, preprocessing, augmentation. */
@NullMarked
package dev.graft.core.data;

import org.jspecify.annotations.NullMarked;
