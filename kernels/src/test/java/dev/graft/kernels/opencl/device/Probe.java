package dev.graft.kernels.opencl.device;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendProvider.Availability;
import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.OpenClProvider;

/** A process of its own: says what the provider says, and computes where it can. */
final class Probe {

  private Probe() {}

  public static void main(String[] args) {
    OpenClProvider provider = new OpenClProvider();
    Availability here = provider.availability();
    System.out.println(here.available() + " " + here.reason());
    System.out.println("auto " + provider.forAuto().available());
    if (here.available()) {
      try (Backend backend = provider.open(1)) {
        Buffer y = backend.allocate(3);
        backend.fill(3, 7, y);
        float[] back = new float[3];
        backend.download(y, 3, back, 0);
        System.out.println("filled with " + back[2]);
      }
    }
  }
}
