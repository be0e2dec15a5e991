/** Nothing of dev.graft.kernels here: it is found at run time. */
module consumer {
  requires dev.graft.importers;
}
