package dev.graft.core.insight.rank;

import dev.graft.core.insight.Cuts.Cut;

/**
 * A network up to a cut, and what scores say of transferring from there.
 *
 * @param model what to call the network, such as its file
 * @param cut where it ends
 * @param isWhole whether that is the end of its trunk
 * @param features how many numbers come out for a picture
 * @param logMe {@link dev.graft.core.insight.LogMe} of its features, on the training pictures
 * @param probe accuracy of a linear probe on them, held out
 * @param probeLoss its negative log-likelihood, held out, in nats
 */
public record Candidate(
    String model,
    Cut cut,
    boolean isWhole,
    int features,
    double logMe,
    double probe,
    double probeLoss) {}
