package dev.graft.core.transfer.probe;

import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * The singular value decomposition of features, {@code X = U diag(s) V^T} with {@code X [N,D]}: one
 * decomposition, from which ridge regressions of every strength, held-out predictions and LogME
 * follow. It is taken from the eigenvectors of the smaller of {@code X X^T} and {@code X^T X}, so
 * that singular values below 1e-6 of the largest, which that cannot tell from 0, are left out.
 *
 * @param left {@code U [N,r]}
 * @param values {@code s}, the largest first
 * @param right {@code V [D,r]}
 */
public record Spectrum(DMatrixRMaj left, double[] values, DMatrixRMaj right) {

  private static final double LEAST = 1e-6;

  /** Of rows of the same length; they are not changed. */
  public static Spectrum of(DMatrixRMaj x) {
    boolean isWide = x.numRows <= x.numCols;
    int size = Math.min(x.numRows, x.numCols);
    DMatrixRMaj gram = new DMatrixRMaj(size, size);
    if (isWide) {
      CommonOps_DDRM.multOuter(x, gram);
    } else {
      CommonOps_DDRM.multInner(x, gram);
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
    if (!eigen.decompose(gram)) {
      throw new ArithmeticException("the features have no eigenvalues; are all of them numbers?");
    }
    int[] order = descending(eigen, size);
    double largest = Math.sqrt(Math.max(0, value(eigen, order, 0)));
    int rank = 0;
    while (rank < size && Math.sqrt(Math.max(0, value(eigen, order, rank))) > LEAST * largest) {
      rank++;
    }
    double[] values = new double[rank];
    DMatrixRMaj known = new DMatrixRMaj(size, rank);
    for (int k = 0; k < rank; k++) {
      values[k] = Math.sqrt(value(eigen, order, k));
      DMatrixRMaj vector = eigen.getEigenVector(order[k]);
      for (int i = 0; i < size; i++) {
        known.set(i, k, vector.get(i));
      }
    }
    DMatrixRMaj other = new DMatrixRMaj(isWide ? x.numCols : x.numRows, rank);
    if (isWide) {
      CommonOps_DDRM.multTransA(x, known, other);
    } else {
      CommonOps_DDRM.mult(x, known, other);
    }
    for (int i = 0; i < other.numRows; i++) {
      for (int k = 0; k < rank; k++) {
        other.set(i, k, other.get(i, k) / values[k]);
      }
    }
    return isWide ? new Spectrum(known, values, other) : new Spectrum(other, values, known);
  }

  private static double value(EigenDecomposition_F64<DMatrixRMaj> eigen, int[] order, int k) {
    return eigen.getEigenvalue(order[k]).getReal();
  }

  private static int[] descending(EigenDecomposition_F64<DMatrixRMaj> eigen, int size) {
    return IntStream.range(0, size)
        .boxed()
        .sorted(
            (a, b) ->
                Double.compare(eigen.getEigenvalue(b).getReal(), eigen.getEigenvalue(a).getReal()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Number of singular values. */
  public int rank() {
    return values.length;
  }
}
