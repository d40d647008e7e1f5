package dev.leasehold.broker.audit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * Standard output. It cannot be read back: each start begins a chain of its own, and what was
 * written half stays there, ended by a newline.
 */
final class StdoutSink implements AuditSink {
  private final WritableByteChannel channel;
  private boolean torn;

  StdoutSink(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** The stream is never closed: it belongs to the process. */
  @SuppressWarnings("resource")
  static StdoutSink open() {
    return new StdoutSink(new FileOutputStream(FileDescriptor.out).getChannel());
  }

  @Override
  public String name() {
    return "stdout";
  }

  @Override
  public void write(ByteBuffer lines) throws IOException {
    int length = lines.remaining();
    try {
      while (lines.hasRemaining()) {
        channel.write(lines);
      }
    } catch (IOException failure) {
      torn |= lines.remaining() < length;
      throw failure;
    }
  }

  @Override
  public void sync() {}

  @Override
  public Optional<Found> reopen() throws IOException {
    if (torn) {
      write(ByteBuffer.wrap(new byte[] {'\n'}));
      torn = false;
    }
    return Optional.empty();
  }

  @Override
  public boolean wasReplaced() {
    return false;
  }

  @Override
  public void close() {}
}
