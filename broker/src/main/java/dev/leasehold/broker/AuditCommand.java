package dev.leasehold.broker;

import dev.leasehold.broker.audit.ChainVerifier;
import dev.leasehold.broker.audit.ChainVerifier.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code leasehold audit verify}: was anything in an audit file changed. */
final class AuditCommand implements Command {
  @Override
  public int run(List<String> words, Console console) throws UsageException {
    if (words.isEmpty() || !words.getFirst().equals("verify")) {
      throw new UsageException("audit knows verify FILE");
    }
    Arguments arguments = Arguments.parse(words.subList(1, words.size()), Set.of(), Set.of());
    Path file = Arguments.path("FILE", arguments.onlyWord("FILE"));
    try {
      return say(file, ChainVerifier.verify(file), console);
    } catch (IOException unreadable) {
      console.complain("cannot read " + file + ": " + unreadable.getClass().getSimpleName());
      return ExitStatus.NO_INPUT;
    }
  }

  private static int say(Path file, Finding finding, Console console) {
    return switch (finding) {
      case Finding.Whole(long lines, String firstPrev, long lastSeq, String lastHash) -> {
        console.out().println(file + ": " + lines + " lines, every one follows the one before");
        console.out().println("first line follows " + firstPrev);
        console.out().println("last line is seq " + lastSeq + " with hash " + lastHash);
        yield ExitStatus.DONE;
      }
      case Finding.Broken(long line, String why) -> {
        console.out().println(file + ":" + line + ": " + why);
        yield ExitStatus.NO;
      }
      case Finding.Empty empty -> {
        console.out().println(file + ": no line");
        yield ExitStatus.DONE;
      }
    };
  }
}
