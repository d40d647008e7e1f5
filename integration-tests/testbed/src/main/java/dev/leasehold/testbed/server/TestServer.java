package dev.leasehold.testbed.server;

/** A started server. Closing it ends every process and thread of it; closing twice does nothing. */
public interface TestServer extends AutoCloseable {

  ServerKind kind();

  /** Name, kind and version for the line that a run prints, such as {@code Vault 1.21.1 (real)}. */
  String describe();

  @Override
  void close();
}
