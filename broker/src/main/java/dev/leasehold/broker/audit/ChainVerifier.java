package dev.leasehold.broker.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads an audit file from its beginning and finds the first line that is no line, was changed, or
 * does not follow the one before. It cannot see that lines are missing at the end: for that the
 * last hash is compared with one that was noted elsewhere.
 */
public final class ChainVerifier {
  private static final int LONGEST = 4 * AuditLine.MOST_BYTES;

  /** What was found. */
  public sealed interface Finding {
    /**
     * Every line follows the one before.
     *
     * @param firstPrev what the first line says came before it: zeroes where the chain began here
     */
    record Whole(long lines, String firstPrev, long lastSeq, String lastHash) implements Finding {}

    /**
     * @param line from 1
     */
    record Broken(long line, String why) implements Finding {}

    /** There is not one line. */
    record Empty() implements Finding {}
  }

  private final InputStream in;
  private long number;
  private Optional<ChainedLine> first = Optional.empty();
  private Optional<ChainedLine> last = Optional.empty();

  private ChainVerifier(InputStream in) {
    this.in = in;
  }

  /** Blocks; needs little memory whatever the file's size. */
  public static Finding verify(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return new ChainVerifier(in).verify();
    }
  }

  private Finding verify() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next != '\n') {
        line.write(next);
        if (line.size() > LONGEST) {
          return new Finding.Broken(number + 1, "longer than any audit line");
        }
        continue;
      }
      number++;
      Optional<String> wrong = take(line.toByteArray());
      if (wrong.isPresent()) {
        return new Finding.Broken(number, wrong.get());
      }
      line.reset();
    }
    if (line.size() > 0) {
      return new Finding.Broken(number + 1, "torn: it has no end");
    }
    return last.<Finding>map(end -> whole(first.orElse(end), end)).orElseGet(Finding.Empty::new);
  }

  private Finding whole(ChainedLine begin, ChainedLine end) {
    return new Finding.Whole(number, begin.prev(), end.seq(), end.hash());
  }

  private Optional<String> take(byte[] bytes) {
    Optional<ChainedLine> parsed = ChainedLine.parse(bytes);
    if (parsed.isEmpty()) {
      return Optional.of("not an audit line");
    }
    ChainedLine line = parsed.get();
    if (!line.hash().equals(ChainedLine.hashOf(bytes))) {
      return Optional.of("changed: its hash is not that of its content");
    }
    if (last.isPresent() && !line.prev().equals(last.get().hash())) {
      return Optional.of("does not follow the line before: one was removed, added or moved");
    }
    if (last.isPresent() && line.seq() != last.get().seq() + 1) {
      return Optional.of("its seq does not follow that of the line before");
    }
    first = first.or(() -> parsed);
    last = parsed;
    return Optional.empty();
  }
}
