package dev.graft.kernels.opencl.runtime;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import dev.graft.core.backend.Buffer;
import java.lang.ref.Reference;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;

/**
 * Elements to the device and back.
 *
 * <p>An upload returns before it has happened: the floats are copied into one of a few pieces of
 * {@link PinnedMemory}, from where the device fetches them while Java goes on, such as to decode
 * the next batch. A piece is used again when its last transfer is done.
 */
public final class Transfers {

  /** Two in flight and one being filled, and one to spare. */
  private static final int PIECES = 4;

  /** A batch of eight images of 224 by 224 takes five. */
  private static final int PIECE_BYTES = 1 << 20;

  private static final class Piece {
    private final PinnedMemory memory;
    private @Nullable cl_event done;

    Piece(PinnedMemory memory) {
      this.memory = memory;
    }

    void await() {
      if (done != null) {
        cl_event event = done;
        done = null;
        int status = CL.clWaitForEvents(1, new cl_event[] {event});
        CL.clReleaseEvent(event);
        check(status, "clWaitForEvents", "upload");
      }
    }
  }

  private final ClContext context;
  private final Piece[] pieces = new Piece[PIECES];
  private int next;

  public Transfers(ClContext context) {
    this.context = context;
  }

  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    ClBuffer to = (ClBuffer) target;
    context.lock();
    try {
      // Of a closed context there is none, nor is its pinned memory mapped any more.
      cl_command_queue queue = context.queue();
      int sent = 0;
      while (sent < count) {
        int part = Math.min(count - sent, PIECE_BYTES / Float.BYTES);
        Piece piece = piece();
        piece.memory.bytes().asFloatBuffer().put(source, sourceOffset + sent, part);
        cl_event event = new cl_event();
        check(
            CL.clEnqueueWriteBuffer(
                queue,
                to.storage().memory(),
                false,
                bytes(to.offset() + sent),
                bytes(part),
                piece.memory.pointer(),
                0,
                null,
                event),
            "clEnqueueWriteBuffer",
            part + " floats");
        piece.done = event;
        sent += part;
      }
      check(CL.clFlush(queue), "clFlush", "upload");
    } finally {
      context.unlock();
      Reference.reachabilityFence(to);
    }
  }

  private Piece piece() {
    int index = next;
    next = (next + 1) % PIECES;
    Piece piece = pieces[index];
    if (piece == null) {
      piece = new Piece(new PinnedMemory(context, PIECE_BYTES));
      pieces[index] = piece;
    }
    piece.await();
    return piece;
  }

  public void download(Buffer source, int count, float[] target, int targetOffset) {
    if (count == 0) {
      return;
    }
    ClBuffer from = (ClBuffer) source;
    context.lock();
    try {
      // The read below pins the array, which holds up the garbage collector: it must not wait there
      // for all the kernels before it.
      context.finish();
      check(
          CL.clEnqueueReadBuffer(
              context.queue(),
              from.storage().memory(),
              true,
              bytes(from.offset()),
              bytes(count),
              Pointer.to(target).withByteOffset(bytes(targetOffset)),
              0,
              null,
              null),
          "clEnqueueReadBuffer",
          count + " floats");
    } finally {
      context.unlock();
      Reference.reachabilityFence(from);
    }
  }

  private static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  /** The device has finished; the caller holds the lock. */
  public void close() {
    for (Piece piece : pieces) {
      if (piece != null) {
        if (piece.done != null) {
          CL.clReleaseEvent(piece.done);
          piece.done = null;
        }
        piece.memory.close();
      }
    }
  }
}
