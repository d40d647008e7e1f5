package dev.leasehold.broker.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads where a chain ends in its file, or, where the file is new, in the one before it. */
final class ChainEnd {
  /** More than a line with what may be torn after it. */
  private static final int WINDOW = 4 * AuditLine.MOST_BYTES;

  /**
   * @param head of the last whole line; empty when the file holds none
   * @param end of the last whole line; what follows is torn
   */
  record Found(Optional<Head> head, long end) {}

  private ChainEnd() {}

  /**
   * @throws IOException also when the last whole line is none of a chain, or was changed
   */
  static Found read(FileChannel channel, Path name) throws IOException {
    long size = channel.size();
    long start = Math.max(0, size - WINDOW);
    byte[] window = readFully(channel, start, (int) (size - start));
    int end = window.length;
    while (end > 0 && window[end - 1] != '\n') {
      end--;
    }
    if (end == 0) {
      if (start > 0) {
        throw new IOException(name + " ends in something that is no audit line; move it away");
      }
      return new Found(Optional.empty(), 0);
    }
    int begin = end - 1;
    while (begin > 0 && window[begin - 1] != '\n') {
      begin--;
    }
    Optional<Head> head = ChainedLine.head(Arrays.copyOfRange(window, begin, end - 1));
    if (head.isEmpty()) {
      throw new IOException(
          name
              + ": the last line is no audit line or was changed; keep it as evidence and move it");
    }
    return new Found(head, start + end);
  }

  /** The end of the newest file that was rotated away from {@code path}, as far as it is text. */
  static Optional<Head> ofPredecessor(Path path) throws IOException {
    for (Path candidate : rotated(path)) {
      Optional<Head> head = readIfChain(candidate);
      if (head.isPresent()) {
        return head;
      }
    }
    return Optional.empty();
  }

  private static Optional<Head> readIfChain(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, file).head();
    } catch (IOException unreadable) {
      return Optional.empty(); // compressed, or something else: an older file may do
    }
  }

  static byte[] readFully(FileChannel channel, long start, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.array();
  }

  private static List<Path> rotated(Path path) throws IOException {
    record Dated(Path path, FileTime time) {}
    List<Dated> found = new ArrayList<>();
    Path folder = path.toAbsolutePath().getParent();
    String name = String.valueOf(path.getFileName());
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path other : all) {
        String rest = String.valueOf(other.getFileName());
        if (rest.startsWith(name)
            && rest.length() > name.length()
            && ".-".indexOf(rest.charAt(name.length())) >= 0
            && !rest.startsWith(name + FileSink.TORN_SUFFIX)
            && Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)) {
          found.add(new Dated(other, Files.getLastModifiedTime(other, LinkOption.NOFOLLOW_LINKS)));
        }
      }
    }
    found.sort(Comparator.comparing(Dated::time).reversed());
    return found.stream().map(Dated::path).toList();
  }
}
