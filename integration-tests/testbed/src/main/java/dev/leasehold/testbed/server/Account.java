package dev.leasehold.testbed.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's account that a server runs under: our own, or, where we are root and the
 * server refuses root, another one through {@code setpriv}.
 */
public final class Account {

  private final @Nullable String name;

  private Account(@Nullable String name) {
    this.name = name;
  }

  public static Account own() {
    return new Account(null);
  }

  /** Our own account if that is not root, else the first of these that the machine has. */
  public static Optional<Account> notRoot(String... names) {
    if (uid() != 0) {
      return Optional.of(own());
    }
    return Stream.of(names).filter(Account::exists).findFirst().map(Account::new);
  }

  /** The uid of this JVM. */
  public static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException absent) {
      throw new UncheckedIOException(absent);
    }
  }

  /** The command, to be run under this account. */
  public List<String> command(List<String> command) {
    if (name == null) {
      return command;
    }
    List<String> wrapped = new ArrayList<>();
    wrapped.addAll(List.of("setpriv", "--reuid=" + name, "--regid=" + name, "--init-groups"));
    wrapped.addAll(command);
    return wrapped;
  }

  /** The command, to be run under a bare uid with no group but that number. */
  public static List<String> commandAs(int uid, List<String> command) {
    if (uid == uid()) {
      return command;
    }
    List<String> wrapped = new ArrayList<>();
    wrapped.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
    wrapped.addAll(command);
    return wrapped;
  }

  /** Gives this account a file or folder that we made. */
  public void own(Path path) {
    if (name == null) {
      return;
    }
    try {
      UserPrincipal owner =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      Files.setOwner(path, owner);
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  private static boolean exists(String name) {
    try {
      Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      return true;
    } catch (IOException unknown) {
      return false;
    }
  }
}
