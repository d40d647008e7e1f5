package dev.leasehold.broker;

import io.netty.handler.ssl.OpenSsl;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code leasehold version}: what this is and what it runs on. */
final class VersionCommand implements Command {
  @Override
  public int run(List<String> words, Console console) throws UsageException {
    Arguments.parse(words, Set.of(), Set.of()).expectNoWords();
    Version version = Version.current();
    console.out().println("leasehold " + version.number() + " (" + version.revision() + ")");
    console.out().println("java " + Runtime.version());
    console.out().println("netty " + netty());
    console.out().println("openssl " + openSsl());
    return ExitStatus.DONE;
  }

  private static String netty() {
    return Optional.ofNullable(io.netty.util.Version.identify().get("netty-common"))
        .map(found -> found.artifactVersion())
        .orElse("unknown");
  }

  private static String openSsl() {
    return OpenSsl.isAvailable() ? OpenSsl.versionString() : "absent: TLS is Java's own";
  }
}
