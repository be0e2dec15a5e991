package dev.graft.core.op;

import java.util.List;
import java.util.stream.Stream;

/**
 * The catalogue of operations that every test of differentiation walks through. A new operation
 * without a case fails {@link OpCasesTest}.
 */
final class OpCases {

  private OpCases() {}

  static List<OpCase> all() {
    return Stream.of(
            WindowCases.convolutions(),
            WindowCases.transposedConvolutions(),
            WindowCases.poolings(),
            ResizeCases.all(),
            ArithmeticCases.products(),
            ArithmeticCases.normalisations(),
            ArithmeticCases.functions(),
            ArithmeticCases.losses(),
            AttentionCases.all(),
            PairwiseCases.all(),
            SampleNormalisationCases.all(),
            LayoutCases.all(),
            RecurrentCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
