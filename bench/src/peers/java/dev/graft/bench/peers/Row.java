package dev.graft.bench.peers;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One comparison. What it has not is left out of its JSON.
 *
 * @param work what was done: {@code sgemm}, {@code inference}, …
 * @param network the network; null where the work has a shape instead
 * @param shape the shape; null where the work has a network instead
 * @param batch pictures at a time; null where there are none
 * @param graft Graft's figure
 * @param peer the peer's
 * @param unit of both
 * @param ratio above 1 where Graft is faster or smaller
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Row(
    String work,
    @Nullable String network,
    @Nullable String shape,
    @Nullable Integer batch,
    int threads,
    double graft,
    double peer,
    String peerName,
    String unit,
    double ratio) {}
